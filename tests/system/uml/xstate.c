/* Lets a user-mode Linux from before 6.13 run on processors with AMX.
 *
 * Its room for a process's registers ends behind PKRU (2,696 bytes). Reading that much is fine; but the host takes
 * registers back only as a whole (arch/x86/kernel/fpu/regset.c), some 11 kB there, and answers EFAULT: "ptrace set fp
 * regs failed, errno = 14", and the little machine's first process is dead. Preloaded into linux.uml, this reads the
 * whole, puts what was handed over it, and gives that back. The tiles, which nothing in there uses, stay as they are.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>

typedef long (*tracing)(enum __ptrace_request, pid_t, void *, void *);

long ptrace(enum __ptrace_request request, ...)
{
    static tracing real;
    static _Thread_local char whole[1 << 16] __attribute__((aligned(64)));
    va_list rest;

    va_start(rest, request);
    pid_t pid = va_arg(rest, pid_t);
    void *address = va_arg(rest, void *);
    void *data = va_arg(rest, void *);
    va_end(rest);
    if (!real)
        real = (tracing)dlsym(RTLD_NEXT, "ptrace");

    long done = real(request, pid, address, data);
    if (done != -1 || errno != EFAULT || request != PTRACE_SETREGSET || (long)address != NT_X86_XSTATE)
        return done;
    const struct iovec *part = data;
    struct iovec all = {whole, sizeof whole};
    if (real(PTRACE_GETREGSET, pid, address, &all) < 0)
        return -1;
    if (all.iov_len <= part->iov_len) {
        errno = EFAULT;
        return -1;
    }
    memcpy(whole, part->iov_base, part->iov_len);
    return real(PTRACE_SETREGSET, pid, address, &all);
}
