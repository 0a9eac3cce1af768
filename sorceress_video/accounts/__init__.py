"""Who may come in: passwords, sign-in sessions, the owner's setup, and limits on guessing."""
