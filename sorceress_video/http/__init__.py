"""What the web answers beside the pages: sign-in, uploads, media, health; and the guards of all of it."""
