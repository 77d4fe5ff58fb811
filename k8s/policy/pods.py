"""What holds for every pod: what it may do, what it is given, how it stops."""

import re

from rendering import rule, selects, title


@rule
def image_is_pinned(r):
    for where, _, c in r.containers():
        last = c["image"].rsplit("/", 1)[-1]
        if "@sha256:" not in last and (":" not in last or last.endswith(":latest")):
            yield f"{where}: image {c['image']} needs a version"


@rule
def pods_are_restricted(r):
    for where, pod, c in r.containers():
        of_pod, own = pod.get("securityContext", {}), c.get("securityContext", {})
        both = {**of_pod, **own}
        if both.get("runAsNonRoot") is not True or not both.get("runAsUser", 0) > 0:
            yield f"{where}: may run as root"
        if both.get("seccompProfile", {}).get("type") != "RuntimeDefault":
            yield f"{where}: seccomp profile is not RuntimeDefault"
        if own.get("allowPrivilegeEscalation") is not False or own.get("privileged"):
            yield f"{where}: may gain privileges"
        if own.get("readOnlyRootFilesystem") is not True:
            yield f"{where}: root file system is writable"
        capabilities = own.get("capabilities", {})
        if capabilities.get("drop") != ["ALL"] or capabilities.get("add"):
            yield f"{where}: keeps capabilities"


@rule
def node_is_out_of_reach(r):
    for workload, template in r.workloads():
        pod = template["spec"]
        for key in ("hostNetwork", "hostPID", "hostIPC"):
            if pod.get(key):
                yield f"{title(workload)}: {key}"
        for volume in pod.get("volumes", []):
            if "hostPath" in volume:
                yield f"{title(workload)}: volume {volume['name']} is a path of the node"
    for where, _, c in r.containers():
        if any("hostPort" in port for port in c.get("ports", [])):
            yield f"{where}: port of the node"
    for service in r.of("Service"):
        if service["spec"].get("type", "ClusterIP") != "ClusterIP":
            yield f"{title(service)}: open beside the ingress"


@rule
def cluster_is_out_of_reach(r):
    for account in r.of("ServiceAccount"):
        if account.get("automountServiceAccountToken") is not False:
            yield f"{title(account)}: hands out tokens"
    for workload, template in r.workloads():
        pod = template["spec"]
        if pod.get("automountServiceAccountToken") is not False:
            yield f"{title(workload)}: mounts a token of the cluster"
        if pod.get("serviceAccountName") not in [a["metadata"]["name"] for a in r.of("ServiceAccount")]:
            yield f"{title(workload)}: runs with an account that is not here"
        if pod.get("enableServiceLinks") is not False:
            yield f"{title(workload)}: service links become keys that the program refuses"


@rule
def resources_are_bounded(r):
    for where, _, c in r.containers():
        for side in ("requests", "limits"):
            for what in ("cpu", "memory", "ephemeral-storage"):
                if what not in c.get("resources", {}).get(side, {}):
                    yield f"{where}: no {what} in {side}"
    for workload, template in r.workloads():
        for volume in template["spec"].get("volumes", []):
            if "emptyDir" in volume and "sizeLimit" not in (volume["emptyDir"] or {}):
                yield f"{title(workload)}: volume {volume['name']} has no bound"


@rule
def servers_are_probed(r):
    for deployment in r.of("Deployment"):
        for c in deployment["spec"]["template"]["spec"]["containers"]:
            where = f"{title(deployment)}, container {c['name']}"
            ports = [p["name"] for p in c.get("ports", [])]
            for probe, path in (("startupProbe", "/startupz"), ("livenessProbe", "/livez"),
                                ("readinessProbe", "/readyz")):
                call = c.get(probe, {}).get("httpGet", {})
                if call.get("path") != path or call.get("port") != "ops" or "ops" not in ports:
                    yield f"{where}: {probe} must ask {path} on its ops port"


@rule
def ops_port_is_apart(r):
    for service in r.of("Service"):
        if any(p["targetPort"] in ("ops", 4001) for p in service["spec"]["ports"]):
            yield f"{title(service)}: leads to the ops port"
    for policy in r.of("NetworkPolicy"):
        for side in policy["spec"].get("ingress", []):
            ports = {p["port"] for p in side.get("ports", [])}
            peers = [peer.get("namespaceSelector", {}).get("matchLabels", {})
                     .get("kubernetes.io/metadata.name") for peer in side.get("from", [])]
            if "ops" in ports and (len(ports) > 1 or peers != ["monitoring"]):
                yield f"{title(policy)}: opens the ops port to others than the monitoring"
    for deployment in r.of("Deployment"):
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        opened = [p["port"] for policy in r.of("NetworkPolicy")
                  if selects(policy["spec"]["podSelector"], labels)
                  for side in policy["spec"].get("ingress", []) for p in side.get("ports", [])]
        if "ops" not in opened:
            yield f"{title(deployment)}: nobody can read its figures"


@rule
def stop_has_time(r):
    soft = int(r.configuration().get("TRUNKLINE_SHUTDOWN_SECONDS", 0))
    for deployment in r.of("Deployment"):
        pod = deployment["spec"]["template"]["spec"]
        pauses = [c.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
                  for c in pod["containers"]]
        grace = pod.get("terminationGracePeriodSeconds", 30)
        if not soft or grace < max(pauses) + soft + 5:
            yield f"{title(deployment)}: {grace} s are no time for preStop and {soft} s of shutdown"
        ports = [p for s in r.of("Service") if selects(
            {"matchLabels": s["spec"]["selector"]},
            deployment["spec"]["template"]["metadata"]["labels"]) for p in s["spec"]["ports"]]
        if ports and not max(pauses):
            yield f"{title(deployment)}: stops while the Service still sends requests"


@rule
def secrets_are_files(r):
    for secret in r.of("Secret"):
        yield f"{title(secret)}: a secret in the repository"
    for key, value in r.configuration().items():
        if re.search(r"://[^/\s]*:[^/\s]*@|PRIVATE KEY", value) or re.search(
                r"PASSWORD|SECRET|DATABASE_.*URL|REDIS_URL", key):
            yield f"ConfigMap: {key} belongs into a secret"
    for where, pod, c in r.containers():
        for variable in c.get("env", []):
            if "secretKeyRef" in variable.get("valueFrom", {}) or "://" in variable.get("value", ""):
                yield f"{where}: variable {variable['name']} carries a secret"
        if any("secretRef" in source for source in c.get("envFrom", [])):
            yield f"{where}: all of a secret as variables"
        for volume in pod.get("volumes", []):
            mode = secret_mode(volume)
            if mode is None:
                continue
            if mode & 0o337:
                yield f"{where}: secret {volume['name']} is open to others ({mode:o})"
            if any(m["name"] == volume["name"] and not m.get("readOnly")
                   for m in c.get("volumeMounts", [])):
                yield f"{where}: secret {volume['name']} is mounted writable"


def secret_mode(volume):
    if "secret" in volume:
        return volume["secret"].get("defaultMode", 0o644)
    sources = volume.get("projected", {}).get("sources", [])
    if any("secret" in source for source in sources):
        return volume["projected"].get("defaultMode", 0o644)
    return None


@rule
def owner_of_schema_stays_with_migrations(r):
    for deployment in r.of("Deployment"):
        if "trunkline-migrate" in str(deployment["spec"]["template"]["spec"].get("volumes")):
            yield f"{title(deployment)}: knows the owner of the schema"
