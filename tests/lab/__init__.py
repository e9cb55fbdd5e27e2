"""A small laboratory: real containers of several engines on this machine, for the system tests.

Start with an engine (`tests.lab.podman.Podman`, `tests.lab.dockerd.Docker`), give it an image
(`tests.lab.images.Images`) and mounts (`tests.lab.mounts`), and ask the container what it sees.
`capture` writes the fixtures below tests/fixtures/mountinfo, `layouts` and `rounds` are the update
laboratory. Everything is kept below one folder (`tests.lab.folder.lab_folder`).
"""
