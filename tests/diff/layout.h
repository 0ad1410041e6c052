/*
 * What the host side and the guest side of the differential test agree on:
 * where things lie in guest memory, and the record of one case.
 *
 * The host fills stubs and input records in memory, the guest works through
 * them: it loads a record's state, runs the stub, and saves the state that the
 * stub's end or an interrupt found into the output record of the same number.
 * Included by assembly too: plain numbers only. All values are big-endian.
 */
#ifndef TESTS_DIFF_LAYOUT_H
#define TESTS_DIFF_LAYOUT_H

#define LAYOUT_MEMORY 0x04000000 /* 64 MiB from 0, all mapped one to one by the entry's TLB1 map */

#define LAYOUT_LOW_WINDOW 0x00000000 /* the window of accesses with RA = 0 */
#define LAYOUT_CONTROL 0x00007000    /* within a positive displacement from 0 */
#define LAYOUT_CODE 0x00100000
#define LAYOUT_WINDOW 0x001fff80 /* the window of all others: a page boundary lies in its middle */
#define LAYOUT_WINDOW_SIZE 256
#define LAYOUT_STUBS 0x00240000
#define LAYOUT_INPUT 0x02000000
#define LAYOUT_OUTPUT 0x03000000
#define LAYOUT_MAX_CASES 16384

#define LAYOUT_ABSOLUTE 0x00007100 /* holds `sc`: the target of branches with AA */

/* Words at LAYOUT_CONTROL. */
#define CONTROL_COUNT 0x00  /* cases; the guest ends behind the last */
#define CONTROL_DONE 0x04   /* cases finished, written by the guest at its end */
#define CONTROL_INDEX 0x08  /* the running case */
#define CONTROL_OUTPUT 0x0c /* its output record */
#define CONTROL_VECTOR 0x10
#define CONTROL_R0 0x14
#define CONTROL_R1 0x18
#define CONTROL_NOWHERE 0x1c /* a place to store to */

/*
 * A stub: one instruction before the tested one (nop, or lwarx for the
 * conditional stores), the tested one, `sc` where it falls through, `sc` where
 * it branches to. A system call leaves the state untouched and says in SRR0
 * which of the two it was.
 */
#define STUB_SIZE 16
#define STUB_TESTED 4
#define STUB_FALL 8
#define STUB_TARGET 12

/* Offsets in a record. */
#define RECORD_SIZE 1024
#define RECORD_GPR 0     /* 32 x 8; e500mc: the high words are 0 */
#define RECORD_FPR 256   /* 32 x 8; e500mc */
#define RECORD_DATA 512  /* LAYOUT_WINDOW_SIZE bytes of the window */
#define RECORD_ACC 768   /* 8; e500v2 */
#define RECORD_FPSCR 776 /* 8, the FPSCR in the low word; e500mc */
#define RECORD_SPEFSCR 784
#define RECORD_CR 788
#define RECORD_XER 792
#define RECORD_LR 796
#define RECORD_CTR 800
#define RECORD_MSR 804    /* in: the MSR under which the stub runs */
#define RECORD_WINDOW 808 /* in: address of the window */
#define RECORD_SRR0 812
#define RECORD_SRR1 816
#define RECORD_CSRR0 820
#define RECORD_CSRR1 824
#define RECORD_MCSRR0 828
#define RECORD_MCSRR1 832
#define RECORD_ESR 836
#define RECORD_DEAR 840
#define RECORD_VECTOR 844 /* out: the IVOR that ended the stub; 8 (system call) is the plain end */
#define RECORD_USPRG0 848
#define RECORD_SPRG 852 /* 8 x 4: SPRG0-7 */
#define RECORD_MAS 884 /* 7 x 4: MAS0-4, 6, 7 */
#define RECORD_END 912

#endif
