"""Compare: two to four clips on one play head."""
