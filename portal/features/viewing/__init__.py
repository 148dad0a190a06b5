"""Looking at the portal through a contact's eyes: everything can be seen, nothing can be done."""
