"""The graph as a picture, a page, Graphviz text and a tree: pure functions from a folded graph to text."""
