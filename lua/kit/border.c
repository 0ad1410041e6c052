#define _GNU_SOURCE /* O_PATH */
#include "lua/kit/border.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sim/base/allocate.h"

/* Rights that came after the first version of Landlock; older headers lack them. */
#define BORDER_REFER (UINT64_C(1) << 13)
#define BORDER_TRUNCATE (UINT64_C(1) << 14)

#define BORDER_FIRST_VERSION ((UINT64_C(1) << 13) - 1)
#define BORDER_READS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define BORDER_CHANGES (BORDER_READS | LANDLOCK_ACCESS_FS_WRITE_FILE | BORDER_TRUNCATE)
#define BORDER_MAKES                                                                                                   \
	(BORDER_CHANGES | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE   \
	 | LANDLOCK_ACCESS_FS_REMOVE_DIR | BORDER_REFER)
/* What may be said of something that is no directory. */
#define BORDER_OF_FILES                                                                                                \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | BORDER_TRUNCATE)

struct border {
	int ruleset;
	uint64_t handled; /* rights that the kernel knows */
};

struct border *border_open(struct err *err)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct landlock_ruleset_attr attr = { .handled_access_fs = BORDER_FIRST_VERSION };
	struct border *border;
	int ruleset;

	if (version >= 2)
		attr.handled_access_fs |= BORDER_REFER;
	if (version >= 3)
		attr.handled_access_fs |= BORDER_TRUNCATE;
	ruleset = version < 1 ? -1 : (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
	if (ruleset < 0) {
		err_set(err, "--sandbox: this kernel has no Landlock: %s; --sandbox-weak goes on with less",
			strerror(errno));
		return NULL;
	}
	border = allocate_zeroed(1, sizeof *border);
	border->ruleset = ruleset;
	border->handled = attr.handled_access_fs;
	return border;
}

void border_allow(struct border *border, const char *path, enum border_access access)
{
	static const uint64_t rights[] = {
		[BORDER_READ] = BORDER_READS,
		[BORDER_CHANGE] = BORDER_CHANGES,
		[BORDER_MAKE] = BORDER_MAKES,
		[BORDER_RUN] = BORDER_READS | LANDLOCK_ACCESS_FS_EXECUTE,
	};
	struct landlock_path_beneath_attr rule = { .parent_fd = open(path, O_PATH | O_CLOEXEC) };
	struct stat status;

	if (rule.parent_fd < 0)
		return;
	rule.allowed_access = rights[access] & border->handled;
	if (!fstat(rule.parent_fd, &status) && !S_ISDIR(status.st_mode))
		rule.allowed_access &= BORDER_OF_FILES;
	/* Where the kernel takes no rule, the path stays closed. */
	(void)syscall(SYS_landlock_add_rule, border->ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	close(rule.parent_fd);
}

void border_allow_beside(struct border *border, const char *path)
{
	char *copy = allocate_text(path);

	border_allow(border, dirname(copy), BORDER_MAKE);
	free(copy);
}

static void border_limit(int resource, uint64_t most)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit))
		return;
	if (limit.rlim_max > most)
		limit.rlim_max = most;
	if (limit.rlim_cur > limit.rlim_max)
		limit.rlim_cur = limit.rlim_max;
	setrlimit(resource, &limit);
}

static void border_limit_all(void)
{
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* their shadows take terabytes */
	border_limit(RLIMIT_AS, BORDER_BYTES);
#endif
	border_limit(RLIMIT_FSIZE, BORDER_BYTES);
	border_limit(RLIMIT_NOFILE, BORDER_FILES);
	border_limit(RLIMIT_NPROC, BORDER_PROCESSES);
	border_limit(RLIMIT_CORE, 0);
}

/* False only where the host has no memory for a filter; a call that this architecture lacks needs no rule. */
static bool border_deny(scmp_filter_ctx filter, const char *const *names)
{
	for (; *names; names++) {
		int number = seccomp_syscall_resolve_name(*names);

		if (number != __NR_SCMP_ERROR && seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), number, 0))
			return false;
	}
	return true;
}

/* execve is held by Landlock: there is one program with the right to be run. */
static bool border_filter(bool network)
{
	static const char *const sockets[] = { "socket", "socketpair", "bind", "connect", "listen", "accept", "accept4",
					       "sendto", "sendmsg", "sendmmsg", "recvmmsg", "socketcall", NULL };
	static const char *const others[] = {
		/* other processes and programs */
		"ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "pidfd_getfd", "pidfd_open",
		"kcmp", "execveat", "unshare", "setns", "tkill",
		/* ways around Landlock and this filter */
		"io_uring_setup", "io_uring_enter", "io_uring_register", "open_by_handle_at", "name_to_handle_at",
		"chmod", "fchmodat", "fchmodat2", "chown", "lchown", "fchownat", "mknod", "mknodat", "link", "linkat",
		"symlink", "symlinkat", "setxattr", "lsetxattr", "removexattr", "lremovexattr",
		/* the system */
		"mount", "umount2", "pivot_root", "chroot", "fsopen", "fsconfig", "fsmount", "fspick", "move_mount",
		"open_tree", "mount_setattr", "swapon", "swapoff", "reboot", "kexec_load", "kexec_file_load",
		"init_module", "finit_module", "delete_module", "bpf", "perf_event_open", "userfaultfd", "keyctl",
		"add_key", "request_key", "acct", "quotactl", "quotactl_fd", "settimeofday", "clock_settime",
		"adjtimex", "clock_adjtime", "sethostname", "setdomainname", "syslog", "iopl", "ioperm", "nfsservctl",
		NULL,
	};
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	bool good = filter && (network || border_deny(filter, sockets)) && border_deny(filter, others)
		    && !seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1,
					 SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffff, TIOCSTI))
		    && !seccomp_load(filter);

	if (filter)
		seccomp_release(filter);
	return good;
}

bool border_close(struct border *border, bool network, struct err *err)
{
	bool good = true;

	border_limit_all();
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		good = err_set(err, "--sandbox: the kernel lets programs gain privileges: %s; --sandbox-weak goes on "
			       "with less", strerror(errno));
	if (border && syscall(SYS_landlock_restrict_self, border->ruleset, 0))
		good = err_set(err, "--sandbox: Landlock refuses: %s; --sandbox-weak goes on with less",
			       strerror(errno));
	if (border)
		close(border->ruleset);
	free(border);
	if (!border_filter(network))
		good = err_set(err, "--sandbox: this kernel has no seccomp filters; --sandbox-weak goes on with less");
	return good;
}
