"""Defects, planted one at a time into a rendering that is without fault."""

import copy

from rendering import RULES, Rendering, faults


def find(documents, kind, name):
    return next(d for d in documents if d["kind"] == kind and d["metadata"]["name"] == name)


def pod(documents, name="trunkline-api", kind="Deployment"):
    return find(documents, kind, name)["spec"]["template"]["spec"]


def container(documents, name="trunkline-api", kind="Deployment"):
    return pod(documents, name, kind)["containers"][0]


def configuration(documents):
    return next(d for d in documents if d["kind"] == "ConfigMap")["data"]


def policy(documents, name):
    return find(documents, "NetworkPolicy", name)["spec"]


def without(documents, kind, name):
    documents.remove(find(documents, kind, name))


def scaler(documents):
    return find(documents, "HorizontalPodAutoscaler", "trunkline-api")["spec"]


def budget(documents):
    return find(documents, "PodDisruptionBudget", "trunkline-api")["spec"]


# Rule, what is wrong, how it is put in.
DEFECTS = [
    ("image_is_pinned", "an image without a version", lambda d: container(d).update(image="trunkline")),
    ("image_is_pinned", "the latest image", lambda d: container(d).update(image="trunkline:latest")),
    ("image_is_pinned", "a port that is no version",
     lambda d: container(d).update(image="localhost:5000/trunkline")),
    ("pods_are_restricted", "root by number", lambda d: pod(d)["securityContext"].update(runAsUser=0)),
    ("pods_are_restricted", "root by leave of the job",
     lambda d: pod(d, "trunkline-migrate", "Job")["securityContext"].pop("runAsNonRoot")),
    ("pods_are_restricted", "root in one container",
     lambda d: container(d)["securityContext"].update(runAsUser=0)),
    ("pods_are_restricted", "a first container without bounds",
     lambda d: pod(d).update(initContainers=[{"name": "first", "image": "trunkline:1"}])),
    ("pods_are_restricted", "a privileged container",
     lambda d: container(d)["securityContext"].update(privileged=True)),
    ("pods_are_restricted", "escalation by default",
     lambda d: container(d)["securityContext"].pop("allowPrivilegeEscalation")),
    ("pods_are_restricted", "a writable root",
     lambda d: container(d)["securityContext"].update(readOnlyRootFilesystem=False)),
    ("pods_are_restricted", "a capability added",
     lambda d: container(d)["securityContext"]["capabilities"].update(add=["NET_ADMIN"])),
    ("pods_are_restricted", "no seccomp", lambda d: pod(d)["securityContext"].pop("seccompProfile")),
    ("node_is_out_of_reach", "the network of the node", lambda d: pod(d).update(hostNetwork=True)),
    ("node_is_out_of_reach", "a path of the node",
     lambda d: pod(d)["volumes"].append({"name": "node", "hostPath": {"path": "/"}})),
    ("node_is_out_of_reach", "a port of the node",
     lambda d: container(d)["ports"][0].update(hostPort=4000)),
    ("node_is_out_of_reach", "a load balancer of its own",
     lambda d: find(d, "Service", "trunkline-api")["spec"].update(type="LoadBalancer")),
    ("cluster_is_out_of_reach", "a token by default",
     lambda d: find(d, "ServiceAccount", "trunkline").pop("automountServiceAccountToken")),
    ("cluster_is_out_of_reach", "a token in the pod",
     lambda d: pod(d).update(automountServiceAccountToken=True)),
    ("cluster_is_out_of_reach", "the account of the namespace", lambda d: pod(d).pop("serviceAccountName")),
    ("cluster_is_out_of_reach", "service links", lambda d: pod(d).pop("enableServiceLinks")),
    ("resources_are_bounded", "memory without a limit",
     lambda d: container(d)["resources"]["limits"].pop("memory")),
    ("resources_are_bounded", "a job without resources",
     lambda d: container(d, "trunkline-migrate", "Job").pop("resources")),
    ("resources_are_bounded", "a volume without a bound",
     lambda d: pod(d)["volumes"].append({"name": "scratch", "emptyDir": {}})),
    ("servers_are_probed", "no liveness", lambda d: container(d, "trunkline-worker").pop("livenessProbe")),
    ("servers_are_probed", "liveness that asks the database",
     lambda d: container(d)["livenessProbe"]["httpGet"].update(path="/readyz")),
    ("servers_are_probed", "probes of the public port",
     lambda d: container(d)["readinessProbe"]["httpGet"].update(port="http")),
    ("servers_are_probed", "a port that is not there", lambda d: container(d)["ports"].pop()),
    ("ops_port_is_apart", "metrics for everybody",
     lambda d: policy(d, "requests")["ingress"][0]["ports"].append({"protocol": "TCP", "port": "ops"})),
    ("ops_port_is_apart", "metrics by the Service",
     lambda d: find(d, "Service", "trunkline-api")["spec"]["ports"].append(
         {"name": "ops", "port": 4001, "targetPort": "ops"})),
    ("ops_port_is_apart", "figures that nobody reads", lambda d: without(d, "NetworkPolicy", "figures")),
    ("stop_has_time", "killed before it has ended",
     lambda d: pod(d).update(terminationGracePeriodSeconds=25)),
    ("stop_has_time", "the cluster's own grace",
     lambda d: pod(d, "trunkline-worker").update(terminationGracePeriodSeconds=20)),
    ("stop_has_time", "a longer end than the pods have",
     lambda d: configuration(d).update(TRUNKLINE_SHUTDOWN_SECONDS="60")),
    ("stop_has_time", "no pause before the end", lambda d: container(d).pop("lifecycle")),
    ("secrets_are_files", "a secret in the repository",
     lambda d: d.append({"kind": "Secret", "metadata": {"name": "s"}, "data": {"a": "Yg=="}})),
    ("secrets_are_files", "a password in the configuration",
     lambda d: configuration(d).update(TRUNKLINE_LOG_FILTER="postgres://app:pw@db/calls")),
    ("secrets_are_files", "an address in the configuration",
     lambda d: configuration(d).update(TRUNKLINE_REDIS_URL="redis://cache")),
    ("secrets_are_files", "a variable from a secret",
     lambda d: container(d)["env"].append(
         {"name": "TRUNKLINE_REDIS_URL", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}})),
    ("secrets_are_files", "a variable with an address",
     lambda d: container(d)["env"].append({"name": "TRUNKLINE_REDIS_URL", "value": "redis://:pw@cache"})),
    ("secrets_are_files", "all of a secret as variables",
     lambda d: container(d)["envFrom"].append({"secretRef": {"name": "s"}})),
    ("secrets_are_files", "a secret that anybody reads",
     lambda d: pod(d)["volumes"][0]["projected"].pop("defaultMode")),
    ("secrets_are_files", "a secret mounted writable",
     lambda d: container(d)["volumeMounts"][0].pop("readOnly")),
    ("owner_of_schema_stays_with_migrations", "the owner's password in a server",
     lambda d: pod(d)["volumes"][0]["projected"]["sources"].append({"secret": {"name": "trunkline-migrate"}})),
    ("configuration_is_known", "a misspelt key", lambda d: configuration(d).update(TRUNKLINE_LISTENS="x")),
    ("configuration_is_known", "a misspelt variable",
     lambda d: container(d)["env"][1].update(name="TRUNKLINE_TOKEN_FILE")),
    ("configuration_is_there", "a ConfigMap that is gone",
     lambda d: container(d)["envFrom"][0]["configMapRef"].update(name="trunkline")),
    ("network_is_closed", "no policy that closes", lambda d: without(d, "NetworkPolicy", "default-deny")),
    ("network_is_closed", "outwards left open",
     lambda d: policy(d, "default-deny").update(policyTypes=["Ingress"])),
    ("network_is_closed", "any peer", lambda d: policy(d, "postgres")["egress"][0].pop("to")),
    ("network_is_closed", "any port", lambda d: policy(d, "requests")["ingress"][0].pop("ports")),
    ("network_is_closed", "mail into the cluster",
     lambda d: policy(d, "mail")["egress"][0]["to"][0]["ipBlock"]["except"].remove("169.254.0.0/16")),
    ("needed_flows_are_open", "no names", lambda d: without(d, "NetworkPolicy", "names")),
    ("needed_flows_are_open", "no Redis for workers",
     lambda d: policy(d, "redis")["podSelector"]["matchExpressions"][0].update(values=["api"])),
    ("needed_flows_are_open", "no mail", lambda d: without(d, "NetworkPolicy", "mail")),
    ("needed_flows_are_open", "no identity providers", lambda d: without(d, "NetworkPolicy", "providers")),
    ("needed_flows_are_open", "public addresses for workers",
     lambda d: policy(d, "mail")["egress"][0]["ports"].append({"protocol": "TCP", "port": 443})),
    ("needed_flows_are_open", "mail from servers",
     lambda d: policy(d, "mail")["podSelector"]["matchLabels"].update({"app.kubernetes.io/component": "api"})),
    ("needed_flows_are_open", "no requests", lambda d: without(d, "NetworkPolicy", "requests")),
    ("needed_flows_are_open", "a Service without pods",
     lambda d: find(d, "Service", "trunkline-api")["spec"]["selector"].update(tier="web")),
    ("needed_flows_are_open", "a Service at a port that is not there",
     lambda d: find(d, "Service", "trunkline-api")["spec"]["ports"][0].update(targetPort="metrics")),
    ("disruption_leaves_servers", "all must stay",
     lambda d: budget(d).update(minAvailable=scaler(d)["minReplicas"])),
    ("disruption_leaves_servers", "no budget",
     lambda d: without(d, "PodDisruptionBudget", "trunkline-worker")),
    ("disruption_leaves_servers", "no worker may go",
     lambda d: find(d, "PodDisruptionBudget", "trunkline-worker")["spec"].update(maxUnavailable=0)),
    ("disruption_leaves_servers", "an update that takes first",
     lambda d: find(d, "Deployment", "trunkline-api")["spec"]["strategy"].pop("rollingUpdate")),
    ("scaling_is_consistent", "replicas beside the autoscaler",
     lambda d: find(d, "Deployment", "trunkline-api")["spec"].update(replicas=3)),
    ("scaling_is_consistent", "one server", lambda d: scaler(d).update(minReplicas=1)),
    ("scaling_is_consistent", "an autoscaler of nothing",
     lambda d: scaler(d)["scaleTargetRef"].update(name="trunkline")),
    ("scaling_is_consistent", "more servers than shares", lambda d: scaler(d).update(maxReplicas=40)),
    ("scaling_is_consistent", "no autoscaler",
     lambda d: without(d, "HorizontalPodAutoscaler", "trunkline-api")),
    ("pods_are_spread", "all on one node", lambda d: pod(d)["topologySpreadConstraints"].pop(0)),
    ("pods_are_spread", "a spread that counts other pods",
     lambda d: pod(d)["topologySpreadConstraints"][1]["labelSelector"]["matchLabels"].update(tier="web")),
    ("overlay_is_its_own", "unrestricted pods",
     lambda d: find(d, "Namespace", "trunkline-prod")["metadata"].pop("labels")),
    ("overlay_is_its_own", "an object elsewhere",
     lambda d: find(d, "Service", "trunkline-api")["metadata"].update(namespace="default")),
    ("overlay_is_its_own", "the placeholder of base",
     lambda d: policy(d, "redis")["egress"][0]["to"][0]["ipBlock"].update(cidr="192.0.2.0/24")),
    ("overlay_is_its_own", "open to strangers",
     lambda d: configuration(d).update(TRUNKLINE_PRODUCTION="false")),
    ("overlay_is_its_own", "unencrypted ways",
     lambda d: configuration(d).update(TRUNKLINE_PLAIN_CONNECTIONS="true")),
]


def run_planted(documents):
    """Plants each defect into the production rendering; 0 when its own rule finds every one."""
    missed = [f"{name}: {text}" for name, text in faults(Rendering("prod", documents))]
    missed += [f"{name}: has no planted defect" for name in RULES if name not in {d[0] for d in DEFECTS}]
    for name, what, plant in DEFECTS:
        changed = copy.deepcopy(documents)
        plant(changed)
        if name not in {broken for broken, _ in faults(Rendering("prod", changed))}:
            missed.append(f"{name}: does not find {what}")
    for line in missed:
        print(line)
    print(f"policy: {len(DEFECTS)} planted defects, {len(missed)} missed")
    return 1 if missed else 0
