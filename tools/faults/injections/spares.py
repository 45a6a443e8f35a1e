"""Faults on which no rule was ever tuned: they are made once, at the end."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from tools.faults.injections import servers
from tools.faults.site import Site, until

_QUOTA: Final = "used-up"
_COURSE: Final = "course"
_STUDENTS: Final = 6
_AT_ONCE: Final = 4


@contextmanager
def quota_used_up(site: Site) -> Generator[float]:
    """A quota on the hub's namespace that leaves room for no further pod."""
    spec = {"hard": {"pods": str(len(site.hub.items("pods")))}}
    metadata = {"name": _QUOTA, "namespace": site.hub.namespace}
    made = time.monotonic()
    site.hub.apply([{"apiVersion": "v1", "kind": "ResourceQuota", "metadata": metadata, "spec": spec}])
    try:
        yield made
    finally:
        site.hub.run("delete", "resourcequota", _QUOTA)


@contextmanager
def template_edited(site: Site) -> Generator[float]:
    """Somebody edits a Template so that its image cannot be had; most who use it start their servers after that."""
    students = [f"{_COURSE}-{number}" for number in range(_STUDENTS)]
    again = students[:_AT_ONCE]
    try:
        servers.set_template(site, _COURSE, servers.container(site, servers.SERVES))
        for student in students:
            servers.start(site, student, template=_COURSE)
        until(lambda: all(servers.serves(site, student) for student in students), "all students' servers run")
        servers.set_template(site, _COURSE, servers.container(site, servers.SERVES, image=servers.NO_IMAGE))
        servers.stop(site, again)
        for student in again:
            servers.start(site, student, template=_COURSE, start_id="2")
        until(lambda: all(servers.fails(site, student) for student in again), "the servers fail")
        yield time.monotonic()
    finally:
        servers.remove(site, [*students, _COURSE])
