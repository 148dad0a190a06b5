"""Looking at what clients sent: the queue, item by item, with a verdict on each."""
