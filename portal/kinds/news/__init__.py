"""Weekly updates and bad news: the week of a client, what happened in it, and when mail may reach somebody."""
