"""How is a verdict had outside of a terminal? A process keeps it current and serves it to browsers and Prometheus."""
