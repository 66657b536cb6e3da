"""The model: users, roles, privileges, policies and other objects of one account."""
