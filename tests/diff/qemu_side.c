/* A batch in qemu-system-ppc: its memory is the batch's file, so that the outcome can be read behind its end. */
#include "tests/diff/batch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim/base/endian.h"

#define QEMU "qemu-system-ppc"
#define QEMU_SECONDS 60

bool batch_have_qemu(void)
{
	return system("command -v " QEMU " >/dev/null 2>&1") == 0;
}

static void qemu_exec(const struct batch *batch)
{
	const char *build = getenv("BUILD");
	char memory[128], guest[512], size[16];
	const char *cpu = strcmp(batch->model->name, "e500v2") ? batch->model->name : "e500v2_v30";

	snprintf(memory, sizeof memory, "memory-backend-file,id=ram,size=%d,mem-path=/proc/self/fd/%d,share=on",
		 LAYOUT_MEMORY, batch->file);
	snprintf(guest, sizeof guest, "%s/tests/diff/guest-%s.elf", build ? build : "build", batch->model->name);
	snprintf(size, sizeof size, "%dM", LAYOUT_MEMORY >> 20);
	execlp(QEMU, QEMU, "-M", "ppce500,memory-backend=ram", "-object", memory, "-m", size, "-cpu", cpu, "-kernel",
	       guest, "-nic", "none", "-display", "none", "-serial", "null", "-monitor", "none", (char *)NULL);
	_exit(127);
}

/* Waits for the child, but not for ever. */
static bool qemu_wait(pid_t child, int *status)
{
	const struct timespec pause = { 0, 10000000 };

	for (int tries = 0; tries < QEMU_SECONDS * 100; tries++) {
		if (waitpid(child, status, WNOHANG) == child)
			return true;
		nanosleep(&pause, NULL);
	}
	kill(child, SIGKILL);
	waitpid(child, status, 0);
	return false;
}

bool batch_run_qemu(struct batch *batch, struct err *err)
{
	const uint8_t *control = batch->memory + LAYOUT_CONTROL;
	int status;
	pid_t child = fork();

	if (child < 0)
		return err_set(err, "qemu: cannot fork");
	if (!child)
		qemu_exec(batch);
	if (!qemu_wait(child, &status)) {
		unsigned at = be32_load(control + CONTROL_INDEX);

		return err_set(err, "qemu: stuck in case %u, instruction %08x", at,
			       at < batch->count ? batch_word(batch, at) : 0);
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) || be32_load(control + CONTROL_DONE) != batch->count) {
		unsigned at = be32_load(control + CONTROL_INDEX);

		return err_set(err, "qemu: ended with status %#x in case %u, instruction %08x", status, at,
			       at < batch->count ? batch_word(batch, at) : 0);
	}
	return true;
}
