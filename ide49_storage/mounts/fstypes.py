"""File system types as mountinfo names them, sorted by what they are.

Sources: ``filesystems(5)``, the kernel's ``Documentation/filesystems``, and the ``subtype`` that each FUSE
program gives itself. A type that stands in no set is unknown, and an unknown one is never asked anything.
"""

from __future__ import annotations


def _types(text: str) -> frozenset[str]:
    return frozenset(text.split())


KERNEL = _types(
    "proc sysfs cgroup cgroup2 devpts mqueue devtmpfs securityfs debugfs tracefs pstore bpf configfs "
    "fusectl hugetlbfs binfmt_misc nsfs rpc_pipefs efivarfs selinuxfs smackfs autofs cpuset pipefs "
    "sockfs anon_inodefs binder functionfs gadgetfs resctrl nfsd usbfs"
)
"""What the kernel shows of itself: no files of anybody's."""

KERNEL_SAMBA = _types("cifs smb3 smbfs")
"""Mounted by the kernel, so only by an administrator, who names the server."""
SAMBA = KERNEL_SAMBA | _types("fuse.smbnetfs fuse.gvfsd-fuse")

NETWORK = _types(
    "nfs nfs4 9p virtiofs ceph fuse.ceph fuse.ceph-fuse glusterfs fuse.glusterfs fuse.sshfs "
    "fuse.rclone davfs fuse.davfs fuse.davfs2 fuse.s3fs fuse.goofys fuse.gcsfuse fuse.mount-s3 "
    "fuse.geesefs fuse.blobfuse fuse.blobfuse2 fuse.curlftpfs fuse.juicefs fuse.JuiceFS fuse.seaweedfs "
    "fuse.moosefs fuse.mfs fuse.lizardfs fuse.onedriver fuse.google-drive-ocamlfuse fuse.httpfs "
    "afs coda ncpfs ocfs2 gfs gfs2 lustre beegfs gpfs orangefs pvfs2 acfs panfs vboxsf vmhgfs "
    "fuse.vmhgfs-fuse prl_fs"
)

HOST_SHARE = _types("fuse.grpcfuse fuse.osxfs osxfs fakeowner drvfs")
"""How Docker Desktop and WSL hand a folder of the Mac or of Windows into their virtual machine."""

MEMORY = _types("tmpfs ramfs")

DISK = _types(
    "ext2 ext3 ext4 xfs btrfs zfs f2fs bcachefs jfs reiserfs nilfs2 minix ufs ubifs jffs2 vfat msdos "
    "exfat ntfs ntfs3 hfs hfsplus apfs iso9660 udf squashfs erofs cramfs romfs hostfs"
)

FUSE_DISK = _types("fuseblk fuse.ntfs-3g fuse.exfat fuse.squashfuse fuse.snapfuse")
"""A disk of this machine behind a FUSE program, which may stop answering: so it is never asked."""

LAYERED = _types("overlay aufs")

LXCFS = _types("fuse.lxcfs")

FUSE_OVERLAY = "fuse.fuse-overlayfs"

LOCAL = DISK | MEMORY | LAYERED | (KERNEL - {"autofs"})
"""Types that answer from this machine's kernel alone. ``autofs`` waits for whatever it is to mount."""
