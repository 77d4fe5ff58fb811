"""What holds for the image: how it is built, what goes into the build, who runs in it."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def number(version):
    return tuple(int(part) for part in version.split("."))


def faults(recipe, ignored, members, pods, oldest):
    """One line for each fault of a Containerfile with its ignore file.

    `members` are the folders of the Cargo workspace, `pods` the user whom the pods run as and the ports
    that they name, `oldest` is the Rust that the workspace asks for.
    """
    user, ports = pods
    lines = re.sub(r"\\\n", " ", re.sub(r"(?m)^\s*#.*\n", "", recipe)).splitlines()
    instructions = [line.split(None, 1) for line in lines if line.strip()]
    sources = [text for word, text in instructions if word == "FROM"]
    stages = {text.split(" AS ")[1].strip() for text in sources if " AS " in text}
    for source in sources:
        image = source.split()[0]
        if image in stages or image == "scratch":
            continue
        version = re.search(r":(\d+\.\d+\.\d+)[\w.-]*(@sha256:[0-9a-f]{64})?$", image)
        if not version:
            yield f"image {image} needs a version to the patch"
        elif re.match(r"([\w.-]+/)*rust:", image) and number(version[1]) < number(oldest):
            yield f"image {image} is older than Rust {oldest}"
    last = instructions[len(instructions) - next(
        i for i, (word, _) in enumerate(reversed(instructions)) if word == "FROM"):]
    if len(sources) < 2:
        yield "the toolchain stays in the image"
    if [text.strip() for word, text in last if word == "USER"] != [f"{user}:{user}"]:
        yield f"the image must run as {user}, like the pods"
    exposed = {port for word, text in last if word == "EXPOSE" for port in text.split()}
    listening = set(re.findall(r"LISTEN=[\d.]+:(\d+)", " ".join(
        text for word, text in last if word == "ENV")))
    if not exposed == listening == ports:
        yield f"the image exposes {exposed} and listens at {listening}, the pods name {ports}"
    if any(word == "RUN" for word, _ in last):
        yield "the last stage has nothing to run"
    if any(word == "ADD" for word, _ in instructions):
        yield "ADD fetches and unpacks: COPY does neither"
    if not any(word == "RUN" and "cargo build --locked --profile dist" in text for word, text in instructions):
        yield "the program must be built from the committed lock file, as what is shipped (profile dist)"
    if not any(word == "RUN" and "readelf" in text for word, text in instructions):
        yield "nobody looks whether the program is static"
    if any(re.search(r"PASSWORD|SECRET|TOKEN|_URL", text) for word, text in instructions
           if word in ("ENV", "ARG")):
        yield "a secret would stay in the image"
    rules = [line.strip() for line in ignored.splitlines() if line.strip() and line[0] != "#"]
    if rules[:1] != ["*"]:
        yield "everything goes into the build"
    for needed in ["Cargo.toml", "Cargo.lock", *sorted({m.split("/")[0] for m in members})]:
        if f"!{needed}" not in rules:
            yield f"{needed} does not get into the build"
    if {"!.git", "!target", "!k8s"} & set(rules) or "**/.*" not in rules:
        yield "history, builds or hidden files get into the build"


DEFECTS = [
    ("an image without a version", lambda r, i: (r.replace("rust:1.95.0-alpine", "rust"), i)),
    ("the latest image", lambda r, i: (r.replace("rust:1.95.0-alpine", "rust:latest"), i)),
    ("an image without its patch", lambda r, i: (r.replace("rust:1.95.0-alpine", "rust:1.95-alpine"), i)),
    ("an old compiler", lambda r, i: (r.replace("rust:1.95.0-alpine", "rust:1.80.1-alpine"), i)),
    ("another port than the pods'", lambda r, i: (r.replace("OPS_LISTEN=0.0.0.0:4001", "OPS_LISTEN=0.0.0.0:4002"), i)),
    ("one stage", lambda r, i: (r.replace("FROM scratch", ""), i)),
    ("root", lambda r, i: (r.replace("USER 10001:10001", ""), i)),
    ("another user than the pods'", lambda r, i: (r.replace("10001:10001", "65532:65532"), i)),
    ("something run in the last stage", lambda r, i: (r + 'RUN ["/trunkline", "schema"]\n', i)),
    ("something fetched", lambda r, i: (r.replace("COPY . .", "ADD . ."), i)),
    ("a lock file that may change", lambda r, i: (r.replace("--locked ", ""), i)),
    ("a program that may be dynamic", lambda r, i: (r.replace("readelf", "echo"), i)),
    ("a password", lambda r, i: (r + "ENV TRUNKLINE_DATABASE_URL=postgres://a:b@c/d\n", i)),
    ("everything in the build", lambda r, i: (r, i.replace("*\n", "", 1))),
    ("a crate left out", lambda r, i: (r, i.replace("!migrations\n", ""))),
    ("the history in the build", lambda r, i: (r, i + "!.git\n")),
]


def main():
    recipe = (ROOT / "Containerfile").read_text()
    ignored = (ROOT / ".containerignore").read_text()
    workspace = (ROOT / "Cargo.toml").read_text()
    members = re.findall(r'"([^"]+)"', re.search(
        r"(?s)^members = \[(.*?)\]", workspace, re.M).group(1))
    oldest = re.search(r'^rust-version = "([\d.]+)"', workspace, re.M).group(1)
    base = "".join(path.read_text() for path in (ROOT / "k8s/base").glob("*.yaml"))
    users = set(re.findall(r"runAsUser: (\d+)", base))
    user = users.pop() if len(users) == 1 else "one user"
    pods = user, set(re.findall(r"containerPort: (\d+)", base))
    found = [f"image: {text}" for text in faults(recipe, ignored, members, pods, oldest)]
    if (ROOT / ".dockerignore").read_text() != ignored:
        found.append("image: .dockerignore and .containerignore differ")
    for what, plant in DEFECTS:
        changed = plant(recipe, ignored)
        if changed == (recipe, ignored):
            found.append(f"image: cannot plant {what}")
        elif not list(faults(*changed, members, pods, oldest)):
            found.append(f"image: {what} is not found")
    print(*found, f"image: {len(DEFECTS)} planted defects, {len(found)} faults", sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
