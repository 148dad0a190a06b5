"""Everything exchanged, decided and agreed in a project, to take away."""
