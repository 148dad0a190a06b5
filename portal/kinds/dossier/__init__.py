"""Everything exchanged, decided and agreed in a project, to take away: as its people at the client see it, whoever takes it."""
