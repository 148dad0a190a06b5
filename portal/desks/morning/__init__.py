"""The morning letter of the firm's own people: what moves a date, what to review, what came in, what goes out by itself."""
