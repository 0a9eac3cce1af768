"""The pages: one folder for each panel or page, and the kit that they are made of."""
