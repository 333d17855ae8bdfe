"""What the program is made of: for packaging/sbom and packaging/licenses."""

import json
import re
import subprocess

# The three machines; their packages together.
TARGETS = ["x86_64-unknown-linux-musl", "aarch64-unknown-linux-musl", "armv7-unknown-linux-musleabihf"]


def packages(root):
    """Ourselves; the packages that end in the program, by name; who needs whom, by reference."""
    kept, needs, house = {}, {}, None
    for target in TARGETS:
        told = json.loads(subprocess.run(
            ["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", target],
            cwd=root, check=True, stdout=subprocess.PIPE).stdout)
        known = {package["id"]: package for package in told["packages"]}
        nodes = {node["id"]: node for node in told["resolve"]["nodes"]}
        house = known[told["resolve"]["root"]]
        seen, waiting = set(), [house["id"]]
        while waiting:
            one = waiting.pop()
            if one in seen:
                continue
            seen.add(one)
            # What only builds or tests is not inside; macros run while building.
            on = [dep["pkg"] for dep in nodes[one]["deps"] if any(kind["kind"] is None for kind in dep["dep_kinds"])]
            on = [other for other in on if not is_macro(known[other])]
            waiting.extend(on)
            needs.setdefault(reference(known[one]), set()).update(reference(known[other]) for other in on)
            if one != house["id"]:
                kept[one] = known[one]
    checksums = locked(root)
    for package in kept.values():
        package["checksum"] = checksums.get((package["name"], package["version"]))
    return house, sorted(kept.values(), key=lambda package: (package["name"], package["version"])), needs


def is_macro(package):
    return any("proc-macro" in target["kind"] for target in package["targets"])


def reference(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def locked(root):
    entries = re.findall(r'name = "(.+?)"\nversion = "(.+?)"\nsource = ".+?"\nchecksum = "(.+?)"', (root / "Cargo.lock").read_text())
    return {(name, version): checksum for name, version, checksum in entries}


def vendored(root, packages):
    """What cargo does not know: name, version, licence, where it is, whence it comes, whose it is."""
    sqlite = next(package for package in packages if package["name"] == "libsqlite3-sys")
    with open(f"{folder(sqlite)}/sqlite3/sqlite3.h") as header:
        version = re.search(r'#define SQLITE_VERSION\s+"(.+?)"', header.read()).group(1)
    htm = re.search(r"npm `htm` (\S+),", (root / "assets/vendor/README.md").read_text()).group(1)
    lucide = re.search(r"Lucide (\S+) ", (root / "assets/icons/README.md").read_text()).group(1)
    rust = re.search(r"^toolchain=(\S+)$", (root / "packaging/build").read_text(), re.M).group(1)
    return [
        ("rust-std", rust, "Apache-2.0", "the standard library", "https://www.rust-lang.org", "the Rust project's developers; or MIT"),
        ("sqlite", version, "blessing", "the database, inside libsqlite3-sys", "https://www.sqlite.org", "public domain"),
        ("musl", "1.2.5", "MIT", "the C library, as the compiler brings it", "https://musl.libc.org", "Rich Felker and others"),
        ("preact", "htm-" + htm, "MIT", "assets/vendor/preact.js", "https://preactjs.com", "Jason Miller"),
        ("htm", htm, "Apache-2.0", "assets/vendor/preact.js", "https://github.com/developit/htm", "Jason Miller"),
        ("lucide", lucide, "ISC", "assets/icons/icons.json", "https://lucide.dev", "Lucide Icons and Contributors"),
    ]


def folder(package):
    return package["manifest_path"].rsplit("/", 1)[0]
