/*
 * Entry of all cores, and the interrupt vectors. SRR pairs by vector: critical
 * input, watchdog, critical doorbell: CSRR; machine check: MCSRR; debug: CSRR
 * on e500v2, DSRR on e500mc; all others SRR.
 */
#define FRAME 192
#define F_R(n) (8 + 4 * (n))
#define F_CR 136
#define F_XER 140
#define F_LR 144
#define F_CTR 148
#define F_PC 152
#define F_MSR 156
#define F_ESR 160
#define F_DEAR 164
#define F_IVOR 168
#define F_ENTRY_MSR 172
#define F_ENTRY_TB 176

#define STACK 0x10000

.macro RESTORE /* all but PC and MSR */
	lwz	3, F_CR(1)
	mtcrf	255, 3
	lwz	3, F_XER(1)
	mtxer	3
	lwz	3, F_LR(1)
	mtlr	3
	lwz	3, F_CTR(1)
	mtctr	3
	lwz	0, F_R(0)(1)
	.set	n, 2
	.rept	30
	lwz	n, F_R(n)(1)
	.set	n, n + 1
	.endr
	lwz	1, F_R(1)(1)
.endm

	.section .vectors, "ax"
	.globl	vectors
vectors: /* 64 KiB aligned, 32 bytes each */
	.set	n, 0
	.rept	42
	stwu	1, -FRAME(1)
	stw	0, F_R(0)(1)
	mfspr	0, 268 /* TBL: two instructions behind the entry */
	stw	0, F_ENTRY_TB(1)
	li	0, n
	b	vector_save
	nop
	nop
	.set	n, n + 1
	.endr

vector_save:
	stw	0, F_IVOR(1)
	.set	n, 2
	.rept	30
	stw	n, F_R(n)(1)
	.set	n, n + 1
	.endr
	addi	3, 1, FRAME
	stw	3, F_R(1)(1)
	mfcr	3
	stw	3, F_CR(1)
	mfxer	3
	stw	3, F_XER(1)
	mflr	3
	stw	3, F_LR(1)
	mfctr	3
	stw	3, F_CTR(1)
	mfmsr	3
	stw	3, F_ENTRY_MSR(1)
	mfspr	3, 62
	stw	3, F_ESR(1)
	mfspr	3, 61
	stw	3, F_DEAR(1)
	lwz	3, F_ENTRY_TB(1)
	addi	3, 3, -2
	stw	3, F_ENTRY_TB(1)
	bl	vector_pair
	cmpwi	3, 1
	beq	1f
	cmpwi	3, 2
	beq	2f
	cmpwi	3, 3
	beq	3f
	mfspr	4, 26
	mfspr	5, 27
	b	4f
1:	mfspr	4, 58
	mfspr	5, 59
	b	4f
2:	mfspr	4, 570
	mfspr	5, 571
	b	4f
3:	mfspr	4, 574
	mfspr	5, 575
4:	stw	4, F_PC(1)
	stw	5, F_MSR(1)
	mr	3, 1
	bl	trap
	lwz	0, F_IVOR(1)
	bl	vector_pair
	lwz	4, F_PC(1)
	lwz	5, F_MSR(1)
	cmpwi	3, 1
	beq	1f
	cmpwi	3, 2
	beq	2f
	cmpwi	3, 3
	beq	3f
	mtspr	26, 4
	mtspr	27, 5
	RESTORE
	rfi
1:	mtspr	58, 4
	mtspr	59, 5
	RESTORE
	rfci
2:	mtspr	570, 4
	mtspr	571, 5
	RESTORE
	.long	0x4c00004c /* rfmci */
3:	mtspr	574, 4
	mtspr	575, 5
	RESTORE
	.long	0x4c00004e /* rfdi */

/* r3 = 0 SRR, 1 CSRR, 2 MCSRR, 3 DSRR for the vector in r0. Changes r4, CR. */
vector_pair:
	li	3, 1
	cmpwi	0, 0
	beqlr
	cmpwi	0, 12
	beqlr
	cmpwi	0, 37
	beqlr
	li	3, 2
	cmpwi	0, 1
	beqlr
	cmpwi	0, 15
	bne	1f
	li	3, 1
	mfspr	4, 287
	srwi	4, 4, 16
	cmplwi	4, 0x8021
	beqlr
	li	3, 3
	blr
1:	li	3, 0
	blr

	.globl	run_user
run_user: /* r3 the function, r4 its MSR: back at 1: in user mode, where sc ends it (user_return in trap.c) */
	stwu	1, -32(1)
	mflr	0
	stw	0, 36(1)
	mtspr	27, 4
	lis	5, 1f@ha
	addi	5, 5, 1f@l
	mtspr	26, 5
	mtctr	3
	rfi
1:	bctrl
	sc
	lwz	0, 36(1)
	mtlr	0
	addi	1, 1, 32
	blr

	.text
	.globl	_start
_start:
	lis	1, stacks@ha
	addi	1, 1, stacks@l
	addis	1, 1, STACK@h
	bl	core_setup
	/* Clear .bss: the stacks are not in it. */
	lis	3, __bss_start@ha
	addi	3, 3, __bss_start@l - 4
	lis	4, __bss_words@h
	ori	4, 4, __bss_words@l
	mtctr	4
	li	4, 0
1:	stwu	4, 4(3)
	bdnz	1b
	addi	1, 1, -32
	bl	main
	bl	guest_finish

	.globl	core_entry
core_entry: /* from the spin table: r3 is the core's number */
	mr	30, 3
	addi	4, 3, 1
	slwi	4, 4, 16
	lis	1, stacks@ha
	addi	1, 1, stacks@l
	add	1, 1, 4
	bl	core_setup
	addi	1, 1, -32
	mr	3, 30
	bl	core_main
	b	.

	.globl	idle_forever
idle_forever:
	b	.

/* TLB1 for the registers, vectors. */
core_setup:
	lis	3, vectors@h
	mtspr	63, 3
	.set	n, 0
	.rept	16
	li	3, 32 * n
	mtspr	400 + n, 3
	.set	n, n + 1
	.endr
	mfspr	3, 287
	srwi	3, 3, 16
	cmplwi	3, 0x8021
	bne	1f
	li	3, 32 * 32
	mtspr	528, 3
	li	3, 32 * 33
	mtspr	529, 3
	li	3, 32 * 34
	mtspr	530, 3
	b	2f
1:	li	3, 32 * 36
	mtspr	532, 3
	li	3, 32 * 37
	mtspr	533, 3
2:	li	3, 32 * 35
	mtspr	531, 3
	/* Entry 2: CCSR, 1 MiB; entry 3: spin table, 4 KiB. */
	lis	3, 0x1002
	mtspr	624, 3
	lis	3, 0xc000
	ori	3, 3, 0x0500
	mtspr	625, 3
	lis	3, 0xe000
	ori	3, 3, 0x0a
	mtspr	626, 3
	lis	3, 0xe000
	ori	3, 3, 0x05
	mtspr	627, 3
	li	3, 0xf
	mtspr	944, 3
	tlbwe
	lis	3, 0x1003
	mtspr	624, 3
	lis	3, 0xc000
	ori	3, 3, 0x0100
	mtspr	625, 3
	lis	3, 0xef00
	ori	3, 3, 0x0a
	mtspr	626, 3
	lis	3, 0xef00
	ori	3, 3, 0x05
	mtspr	627, 3
	tlbwe
	isync
	blr

	.section .stacks, "aw", @nobits
	.balign	16
stacks:
	.space	8 * STACK
