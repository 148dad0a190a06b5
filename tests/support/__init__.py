"""What tests lean on: a database server, a browser, a mail server, certificates. Nothing here knows the portal."""
