"""The spawner's configuration. The help texts are the reference manual; the documentation is made from them."""

# JupyterHub has no types.
# pyright: reportUnknownVariableType=false, reportMissingTypeStubs=false
import os
from typing import Final

from traitlets import Bool, Callable, Dict, Enum, Float, List, Unicode, Union, default
from traitlets.config import LoggingConfigurable

from jupyternetes.runtime.wire import WEBHOOK_SECONDS

TEMPLATE_VARIABLE: Final = "JUPYTERNETES_TEMPLATE"
TEMPLATE_NAMESPACE_VARIABLE: Final = "JUPYTERNETES_TEMPLATE_NAMESPACE"
DEFAULT_TEMPLATE: Final = "default-template"


class SpawnerTraits(LoggingConfigurable):
    """Traits of ``JupyternetesSpawner`` beyond those of JupyterHub's Spawner, and other defaults for some of those."""

    hub_id = Unicode(
        "",
        help="""
        A name of this hub, to tell apart hubs whose servers live in one namespace.

        Names of Instances, and so of servers and volumes, depend on it: give it before the first start and leave it.
        One hub to a namespace needs none.
        """,
    ).tag(config=True)

    template_name = Unicode(
        help=f"""
        The JupyterNotebookTemplate that servers are made from.

        Default: the environment variable {TEMPLATE_VARIABLE} of the hub, else "{DEFAULT_TEMPLATE}". Hooks and
        apply_user_options may set it for one start.
        """,
    ).tag(config=True)

    template_namespace = Unicode(
        help=f"""
        The namespace of the Template; empty for the hub's own.

        A Template of another namespace than the server's is used only if the operators were told to look there
        (--template-namespace) and its spec.access allows it. Default: the environment variable
        {TEMPLATE_NAMESPACE_VARIABLE} of the hub, else empty.
        """,
    ).tag(config=True)

    instance_namespace = Unicode(
        "",
        help="""
        The namespace in which Instances, and so the pods and volumes of users, live; empty for the hub's own.

        A server that was started once stays in its namespace when this changes, because its volume is there.
        """,
    ).tag(config=True)

    instance_protocol = Enum(
        ("http", "https"),
        default_value="http",
        help="""
        How the hub and its proxy speak to servers. For "https" the Template must make the server speak TLS, with a
        certificate that the proxy accepts: for the pod's address, or with `service_entry` for the Service's name.
        """,
    ).tag(config=True)

    service_entry = Unicode(
        "",
        help="""
        The entry of the Template's `spec.otherResources` that is the server's Service. The hub and its proxy then reach
        the server at `<Service>.<namespace>.svc`, and not at its pod's address, as with KubeSpawner's
        `services_enabled`. Empty (default): at the pod's address.

        The port is what the entry reads into its output `port` (`path: spec.ports[0].port`), else the pod's. A start
        from a Template without such an entry ends with a message. A server that runs is reached as it was when it
        started. Where people choose from several Templates, a hook may set it for one start.
        """,
    ).tag(config=True)

    kubeconfig = Unicode(
        "",
        help="""
        The kubeconfig file by which the hub reaches the cluster.

        Empty: $KUBECONFIG, else the service account of the hub's pod, else ~/.kube/config.
        """,
    ).tag(config=True)

    webhook_seconds = Float(
        WEBHOOK_SECONDS,
        min=1,
        max=30,
        help="""
        For so many seconds may the cluster's admission webhooks hold up what the hub writes; 30 at most, as in
        Kubernetes. A write without an answer is waited for so long, and a little longer.

        One value for all servers of a hub. The operators have theirs: the chart's `webhookSeconds`.
        """,
    ).tag(config=True)

    variables = Dict(
        help="""
        Values for the Template's placeholders, by name, beyond those that the spawner gives.

        Text is passed on as it is, anything else as JSON. A callable is called with the spawner at each start and gives
        the value; it must be quick. The values stand in the Instance, where everybody who may read Instances sees them:
        keep secrets in `environment`.

        The spawner itself gives `jupyterhub.user.id`, `jupyterhub.user.name`, `jupyterhub.server.name`,
        `jupyterhub.oauth_client_id`, `jupyterhub.namespace` and `jupyterhub.args` (the JSON list of `cmd` and `args`;
        empty, which means the image's own command, when `cmd` is not set); and, where they are set,
        `jupyterhub.mem_limit` and `jupyterhub.mem_guarantee` in bytes, `jupyterhub.cpu_limit` and
        `jupyterhub.cpu_guarantee` in thousandths of a core ("500m"). These, and `jupyterhub.api_token`, may not be set
        here.
        """,
    ).tag(config=True)

    templates = Union(
        [List(Unicode()), Callable()],
        help="""
        The Templates that people may choose from, in a form and through JupyterHub's REST API; the first that is open
        to somebody is their default. Empty (default): nobody chooses, and `template_name` is started.

        Each is a name, of `template_namespace`, or `<namespace>/<name>`; `*` and `<namespace>/*` are all of a
        namespace. Or a callable, which may be async, that is called with the spawner whenever somebody chooses and
        gives such a list. What is not there, cannot be used, or is not open to the person (`spec.access`) is left out.

        People set the variables that the Template calls userSettable, unless `variables` sets them here. Where that
        leaves one Template and nothing to set, no form is shown. A hook that sets `template_name` for a start has the
        last word. The hub needs the right to read Templates in these namespaces.
        """,
    ).tag(config=True)

    templates_language = Unicode(
        "en",
        help="""
        Language of the Templates' titles and descriptions, as HTML has it ("en", "de", "pt-BR"): it tells browsers and
        screen readers how to read the form. Our own sentences are English.
        """,
    ).tag(config=True)

    start_from_link = Bool(
        False,
        help="""
        Whether a link with choices, such as `/hub/spawn?opt-template=NAMESPACE/NAME&opt-size=small`, starts a server at
        once. Else it fills in the form, and nothing starts before somebody presses Start: a link may come from anybody.
        """,
    ).tag(config=True)

    @default("template_name")
    def _template_name_default(self) -> str:
        return os.environ.get(TEMPLATE_VARIABLE) or DEFAULT_TEMPLATE

    @default("template_namespace")
    def _template_namespace_default(self) -> str:
        return os.environ.get(TEMPLATE_NAMESPACE_VARIABLE, "")

    @default("ip")
    def _ip_default(self) -> str:
        return "*"  # every address of IPv4 and IPv6: a server in a pod is reached through the pod's

    @default("port")
    def _port_default(self) -> int:
        return 8888

    @default("start_timeout")
    def _start_timeout_default(self) -> int:
        return 300  # as Zero to JupyterHub: a node may have to be added and an image pulled

    @default("cmd")
    def _cmd_default(self) -> list[str] | None:
        return None  # the image knows its own command
