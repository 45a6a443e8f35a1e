"""Which tests one of several processes runs without another's help."""

from xdist.scheduler import LoadScopeScheduling


class Lanes(LoadScopeScheduling):
    """Those of the one node stay together, and so do those that share a cluster."""

    def _split_scope(self, nodeid: str) -> str:
        _, layer, *rest = nodeid.split("::")[0].split("/")
        match layer:
            case "e2e" | "contract":
                return layer
            case "integration":
                return f"{layer}/{rest[0]}"
            case _:
                return "/".join((layer, *rest))
