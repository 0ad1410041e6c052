/* The loop that takes a core from block to block. Threads: the one that owns the core. */
#ifndef WARPCORE_ENGINE_RUN_H
#define WARPCORE_ENGINE_RUN_H

struct core;

/*
 * Runs until insns reaches slice_end, the core goes idle, a hook says stop, or ATTENTION_STOP: exact to the
 * instruction.
 */
void run_core(struct core *core);

#endif
