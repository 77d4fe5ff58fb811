"""What holds for everything around the pods: configuration, network, numbers, overlays."""

import ipaddress
import pathlib
import re

from rendering import rule, selects, title

KEYS = pathlib.Path(__file__).resolve().parents[2] / "api/src/boot/keys.rs"
# Ports that a component reaches beside names and Postgres: Redis, identity providers, mail servers.
FLOWS = {"api": {6379, 443}, "worker": {6379, 465, 587}, "migrate": set()}
DOCUMENTATION = ipaddress.ip_network("192.0.2.0/24")
INTERNAL = ["10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"]


def known_keys():
    """As the program declares them."""
    return set(re.findall(r'\bkey\(\s*"(\w+)"', KEYS.read_text()))


@rule
def configuration_is_known(r):
    variables = {**r.configuration()}
    for _, _, c in r.containers():
        variables.update({v["name"]: v.get("value", "") for v in c.get("env", [])})
    for name in variables:
        if name != "TRUNKLINE_CONFIG" and name.removeprefix("TRUNKLINE_").lower() not in known_keys():
            yield f"variable {name}: the program refuses keys that it does not know"


@rule
def configuration_is_there(r):
    there = [d["metadata"]["name"] for d in r.of("ConfigMap")]
    for where, _, c in r.containers():
        for source in c.get("envFrom", []):
            if source.get("configMapRef", {}).get("name") not in there:
                yield f"{where}: takes variables from a ConfigMap that is not here"


@rule
def network_is_closed(r):
    policies = [p["spec"] for p in r.of("NetworkPolicy")]
    closed = [p for p in policies if p["podSelector"] == {} and not p.get("ingress")
              and not p.get("egress") and set(p["policyTypes"]) == {"Ingress", "Egress"}]
    if not closed:
        yield "NetworkPolicy: none closes everything"
    for policy in r.of("NetworkPolicy"):
        rules = [(way, side) for way, key in (("ingress", "from"), ("egress", "to"))
                 for side in policy["spec"].get(way, []) if not side.get(key) or not side.get("ports")]
        if rules:
            yield f"{title(policy)}: a rule without peers or ports"
        for peer in (p for side in policy["spec"].get("egress", []) for p in side.get("to", [])):
            block = peer.get("ipBlock", {})
            if block.get("cidr", "").endswith("/0") and not set(INTERNAL) <= set(block.get("except", [])):
                yield f"{title(policy)}: leads to internal addresses"


@rule
def needed_flows_are_open(r):
    for workload, template in r.workloads():
        labels = template["metadata"]["labels"]
        ports = {p["port"] for policy in r.of("NetworkPolicy")
                 if selects(policy["spec"]["podSelector"], labels)
                 for side in policy["spec"].get("egress", []) for p in side.get("ports", [])}
        needed = {53, 5432} | FLOWS[labels["app.kubernetes.io/component"]]
        if needed - ports:
            yield f"{title(workload)}: cannot reach ports {sorted(needed - ports)}"
        if ports - needed:
            yield f"{title(workload)}: reaches ports {sorted(ports - needed)} without a need"
    for service in r.of("Service"):
        selector = {"matchLabels": service["spec"]["selector"]}
        pods = [t for _, t in r.workloads() if selects(selector, t["metadata"]["labels"])]
        if not pods:
            yield f"{title(service)}: selects no pod"
        for template in pods:
            named = [p["name"] for c in template["spec"]["containers"] for p in c.get("ports", [])]
            opened = [p["port"] for policy in r.of("NetworkPolicy")
                      if selects(policy["spec"]["podSelector"], template["metadata"]["labels"])
                      for side in policy["spec"].get("ingress", []) for p in side.get("ports", [])]
            for port in service["spec"]["ports"]:
                if port["targetPort"] not in named or port["targetPort"] not in opened:
                    yield f"{title(service)}: nothing answers at {port['targetPort']}"


@rule
def disruption_leaves_servers(r):
    for deployment in r.of("Deployment"):
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        budgets = [b["spec"] for b in r.of("PodDisruptionBudget")
                   if selects(b["spec"]["selector"], labels)]
        if len(budgets) != 1:
            yield f"{title(deployment)}: has {len(budgets)} disruption budgets"
        for budget in budgets:
            stay, go = budget.get("minAvailable"), budget.get("maxUnavailable")
            if stay is not None and not 1 <= stay < r.least(deployment):
                yield f"{title(deployment)}: {stay} of {r.least(deployment)} pods must stay, a node cannot be drained"
            if stay is None and not (isinstance(go, int) and go >= 1):
                yield f"{title(deployment)}: no pod may ever go"
        if deployment["spec"].get("strategy", {}).get("rollingUpdate", {}).get("maxUnavailable") != 0:
            yield f"{title(deployment)}: an update takes a pod away before the new one is ready"


@rule
def scaling_is_consistent(r):
    most = 0
    for autoscaler in r.of("HorizontalPodAutoscaler"):
        spec = autoscaler["spec"]
        most = max(most, spec["maxReplicas"])
        targets = [d for d in r.of("Deployment") if r.autoscaler(d) is spec]
        if not targets:
            yield f"{title(autoscaler)}: scales nothing"
        if spec.get("minReplicas", 1) > spec["maxReplicas"] or spec.get("minReplicas", 1) < 2:
            yield f"{title(autoscaler)}: one server is none while it restarts"
        for deployment in targets:
            if "replicas" in deployment["spec"]:
                yield f"{title(deployment)}: replicas quarrel with the autoscaler"
    if not most:
        yield "HorizontalPodAutoscaler: there is none"
    if int(r.configuration().get("TRUNKLINE_INSTANCES", 0)) < most:
        yield f"TRUNKLINE_INSTANCES: without Redis {most} servers would let more through than agreed"


@rule
def pods_are_spread(r):
    for deployment in r.of("Deployment"):
        template = deployment["spec"]["template"]
        keys = {c["topologyKey"] for c in template["spec"].get("topologySpreadConstraints", [])
                if selects(c["labelSelector"], template["metadata"]["labels"])}
        if not {"kubernetes.io/hostname", "topology.kubernetes.io/zone"} <= keys:
            yield f"{title(deployment)}: pods may all sit on one node or in one zone"


@rule
def overlay_is_its_own(r):
    spaces = r.of("Namespace")
    if [s["metadata"].get("labels", {}).get("pod-security.kubernetes.io/enforce") for s in spaces] != ["restricted"]:
        yield "Namespace: does not enforce restricted pods"
    if r.name == "base":
        return
    for document in r.documents:
        space = document["metadata"].get("namespace")
        if document["kind"] != "Namespace" and space != spaces[0]["metadata"]["name"]:
            yield f"{title(document)}: is in namespace {space}"
    for policy in r.of("NetworkPolicy"):
        for block in re.findall(r"'cidr': '([^']+)'", str(policy["spec"])):
            if ipaddress.ip_network(block).overlaps(DOCUMENTATION) and not block.endswith("/0"):
                yield f"{title(policy)}: {block} is the placeholder of base"
    if r.name == "prod" and r.configuration().get("TRUNKLINE_PRODUCTION") != "true":
        yield "TRUNKLINE_PRODUCTION: strangers would be served as in development"
    if r.name == "prod" and r.configuration().get("TRUNKLINE_PLAIN_CONNECTIONS", "false") != "false":
        yield "TRUNKLINE_PLAIN_CONNECTIONS: database and Redis would be reached unencrypted"
