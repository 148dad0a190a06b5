"""Who owes what: the page staff land on."""
