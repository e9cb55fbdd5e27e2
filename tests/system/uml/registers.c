/* Lets user-mode Linux 6.1 run on a processor with more registers than it has room for. Preloaded into it.
 *
 * It keeps the first 2,696 bytes of the extended registers (XSAVE) of each process. A processor with AMX has 11,008,
 * and a newer host's kernel takes all of them back or none: "ptrace set fp regs failed, errno = 14", and user-mode
 * Linux dies with its first process. So what it has no room for is put beside what it gives back, as it is now.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdarg.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>

#define GETREGSET 0x4204
#define SETREGSET 0x4205
#define XSTATE 0x202
#define MOST 65536

typedef long call(int request, pid_t process, void *address, void *data);

long ptrace(int request, ...) {
    static call *real;
    static char registers[MOST] __attribute__((aligned(64)));
    struct iovec all = {registers, MOST}, *given;
    va_list rest;
    va_start(rest, request);
    pid_t process = va_arg(rest, pid_t);
    void *address = va_arg(rest, void *);
    void *data = va_arg(rest, void *);
    va_end(rest);
    if (!real)
        real = (call *)dlsym(RTLD_NEXT, "ptrace");
    if ((request != GETREGSET && request != SETREGSET) || (long)address != XSTATE)
        return real(request, process, address, data);
    given = data;
    if (real(GETREGSET, process, address, &all) < 0)
        return -1;
    size_t common = all.iov_len < given->iov_len ? all.iov_len : given->iov_len;
    if (request == SETREGSET) {
        memcpy(registers, given->iov_base, common);
        return real(SETREGSET, process, address, &all);
    }
    memcpy(given->iov_base, registers, common);
    given->iov_len = common;
    return 0;
}
