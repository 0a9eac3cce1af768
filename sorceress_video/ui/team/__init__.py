"""``/team``: members, their roles, plans and budgets, invitations and requests; for the owner and admins."""
