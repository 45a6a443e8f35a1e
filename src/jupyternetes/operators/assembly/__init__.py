"""What every operator process is assembled from: caches, controllers, what wakes them, Events, deadlines."""
