#!/bin/sh
# The first process of a user-mode Linux whose root is this machine's own file system (hostfs). Prepares what
# the kernel's CIFS needs, runs the Python and the script that the kernel's command line names, and halts.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
for folder in /run /mnt /home; do mount -t tmpfs -o mode=755 tmpfs $folder; done
for word in $(cat /proc/cmdline); do
    case $word in lab.*) export "$(echo "${word%%=*}" | tr a-z. A-Z_)=${word#*=}" ;; esac
done
# The modules are not where modprobe looks for them, and the kernel itself calls modprobe for the ciphers.
mkdir -p /mnt/modules/lib && ln -s /usr/lib/uml/modules /mnt/modules/lib/modules
printf '#!/bin/sh\nexec /usr/sbin/modprobe -d /mnt/modules "$@"\n' >/mnt/modprobe
chmod +x /mnt/modprobe
echo /mnt/modprobe >/proc/sys/kernel/modprobe
for module in cifs md4 md5 cmac hmac ecb des_generic sha512_generic aes_generic gcm ccm cifs_arc4 nls_utf8; do
    /mnt/modprobe $module
done
ip link set lo up
cd "$LAB_REPO" && "$LAB_PYTHON" -m tests.system.uml.inside >"$LAB_OUT/inside.log" 2>&1
sync
/sbin/halt -f
