"""What `kubectl kustomize` printed, and how rules ask it."""

import pathlib

import yaml

RULES = {}


def rule(function):
    """A rule takes a rendering and yields one line for each fault."""
    RULES[function.__name__] = function
    return function


class Rendering:
    """Everything that one `kubectl kustomize` printed."""

    def __init__(self, name, documents):
        self.name = name
        self.documents = documents

    def of(self, *kinds):
        return [d for d in self.documents if d["kind"] in kinds]

    def workloads(self):
        """Pairs of workload and its pod template."""
        return [(w, w["spec"]["template"]) for w in self.of("Deployment", "Job")]

    def containers(self):
        for workload, template in self.workloads():
            pod = template["spec"]
            for container in pod.get("initContainers", []) + pod["containers"]:
                yield f"{title(workload)}, container {container['name']}", pod, container

    def configuration(self):
        return {k: v for d in self.of("ConfigMap") for k, v in d.get("data", {}).items()}

    def autoscaler(self, deployment):
        name = deployment["metadata"]["name"]
        targets = [h for h in self.of("HorizontalPodAutoscaler")
                   if h["spec"]["scaleTargetRef"]["name"] == name]
        return targets[0]["spec"] if targets else None

    def least(self, deployment):
        """Pods that run at any rate."""
        autoscaler = self.autoscaler(deployment)
        return (autoscaler or {}).get("minReplicas") or deployment["spec"].get("replicas", 1)


def title(document):
    return f"{document['kind']} {document['metadata']['name']}"


def selects(selector, labels):
    """A label selector; the empty one selects everything."""
    for key, value in selector.get("matchLabels", {}).items():
        if labels.get(key) != value:
            return False
    return all(e["operator"] == "In" and labels.get(e["key"]) in e["values"]
               for e in selector.get("matchExpressions", []))


def faults(rendering):
    return [(name, text) for name, check in RULES.items() for text in check(rendering)]


def read(path):
    return [d for d in yaml.safe_load_all(pathlib.Path(path).read_text()) if d]
