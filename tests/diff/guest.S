/*
 * The guest side of the differential test (layout.h says what it does).
 * Built once a core: E500V2 or E500MC is defined. No stack, no C: what is not
 * saved is not touched.
 */
#include "layout.h"

#define CONTROL(word) (LAYOUT_CONTROL + CONTROL_##word)(0)

#define SPR_SRR0 26
#define SPR_SRR1 27
#define SPR_CSRR0 58
#define SPR_CSRR1 59
#define SPR_DEAR 61
#define SPR_ESR 62
#define SPR_IVPR 63
#define SPR_USPRG0 256
#define SPR_SPRG0 272
#define SPR_IVOR0 400
#define SPR_SPEFSCR 512
#define SPR_IVOR32 528
#define SPR_IVOR38 432
#define SPR_MCSRR0 570
#define SPR_MCSRR1 571
#define SPR_MAS0 624
#define SPR_MAS1 625
#define SPR_MAS2 626
#define SPR_MAS3 627
#define SPR_MAS4 628
#define SPR_MAS6 630
#define SPR_MAS7 944
#define SPR_HID0 1008
#define SPR_L1CSR0 1010

#ifdef E500V2
#define MSR_UNIT 0x0200 /* SPE, high half */
#define LAST_IVOR 35
#else
#define MSR_UNIT 0
#define LAST_IVOR 41
#endif

	.text
vectors: /* at LAYOUT_CODE, 64 KiB aligned; an entry is four instructions: IVORn = 16 n */
	.set	n, 0
	.rept	42
	stw	1, CONTROL(R1)
	li	1, n
	stw	1, CONTROL(VECTOR)
	b	save
	.set	n, n + 1
	.endr

	.globl	_start
_start:
	lis	3, LAYOUT_CODE@h
	mtspr	SPR_IVPR, 3
	.set	n, 0
	.rept	16
	li	3, 16 * n
	mtspr	SPR_IVOR0 + n, 3
	.set	n, n + 1
	.endr
#ifdef E500V2
	li	3, 16 * 32
	mtspr	SPR_IVOR32, 3
	li	3, 16 * 33
	mtspr	SPR_IVOR32 + 1, 3
	li	3, 16 * 34
	mtspr	SPR_IVOR32 + 2, 3
	li	3, 16 * 35
	mtspr	SPR_IVOR32 + 3, 3
#else
	li	3, 16 * 35
	mtspr	SPR_IVOR32 + 3, 3
	li	3, 16 * 36
	mtspr	SPR_IVOR32 + 4, 3
	li	3, 16 * 37
	mtspr	SPR_IVOR32 + 5, 3
	.set	n, 38
	.rept	4
	li	3, 16 * n
	mtspr	SPR_IVOR38 + n - 38, 3
	.set	n, n + 1
	.endr
#endif
	/* CCSR at EA 0xe0000000, TLB1 entry 2, for the power-off at the end. */
	lis	3, 0x1002
	mtspr	SPR_MAS0, 3
	lis	3, 0xc000
	ori	3, 3, 0x0500 /* valid, IPROT, 1 MiB */
	mtspr	SPR_MAS1, 3
	lis	3, 0xe000
	ori	3, 3, 0x0a /* I, G */
	mtspr	SPR_MAS2, 3
	lis	3, 0xe000
	ori	3, 3, 5 /* SR, SW */
	mtspr	SPR_MAS3, 3
	li	3, 0xf
	mtspr	SPR_MAS7, 3
	isync
	tlbwe
	isync

	/* Entry 0 maps this program: nothing may invalidate it. */
	lis	3, 0x1000
	mtspr	SPR_MAS0, 3
	isync
	tlbre
	isync
	mfspr	3, SPR_MAS1
	oris	3, 3, 0x4000
	mtspr	SPR_MAS1, 3
	li	3, 0
	mtspr	SPR_MAS7, 3
	isync
	tlbwe
	isync
	mfspr	3, SPR_HID0
	ori	3, 3, 0x80 /* EN_MAS7_UPDATE: QEMU has it always */
	mtspr	SPR_HID0, 3
	isync

	li	3, 1
	mtspr	SPR_L1CSR0, 3 /* the data cache on: dcbz wants it */
	isync

	li	3, 0
	stw	3, CONTROL(INDEX)
	b	next

/* Entered with r1 stashed; saves everything before it is touched. */
save:
	lwz	1, CONTROL(OUTPUT)
	stw	0, CONTROL(R0)
	mfmsr	0
#ifdef E500V2
	oris	0, 0, MSR_UNIT
#else
	ori	0, 0, 0x2000 /* FP */
#endif
	mtmsr	0
	isync
	lwz	0, CONTROL(R0)
#ifdef E500V2
	.set	n, 0
	.rept	32
	evstdd	n, RECORD_GPR + 8 * n(1)
	.set	n, n + 1
	.endr
#else
	.set	n, 0
	.rept	32
	stw	n, RECORD_GPR + 8 * n + 4(1)
	.set	n, n + 1
	.endr
#endif
	mfcr	2
	stw	2, RECORD_CR(1)
	lwz	2, CONTROL(R1)
	stw	2, RECORD_GPR + 12(1)
	mfxer	2
	stw	2, RECORD_XER(1)
	mflr	2
	stw	2, RECORD_LR(1)
	mfctr	2
	stw	2, RECORD_CTR(1)
	mfspr	2, SPR_SRR0
	stw	2, RECORD_SRR0(1)
	mfspr	2, SPR_SRR1
	stw	2, RECORD_SRR1(1)
	mfspr	2, SPR_CSRR0
	stw	2, RECORD_CSRR0(1)
	mfspr	2, SPR_CSRR1
	stw	2, RECORD_CSRR1(1)
	mfspr	2, SPR_MCSRR0
	stw	2, RECORD_MCSRR0(1)
	mfspr	2, SPR_MCSRR1
	stw	2, RECORD_MCSRR1(1)
	mfspr	2, SPR_ESR
	stw	2, RECORD_ESR(1)
	mfspr	2, SPR_DEAR
	stw	2, RECORD_DEAR(1)
	mfspr	2, SPR_USPRG0
	stw	2, RECORD_USPRG0(1)
	.set	n, 0
	.rept	8
	mfspr	2, SPR_SPRG0 + n
	stw	2, RECORD_SPRG + 4 * n(1)
	.set	n, n + 1
	.endr
	lwz	2, CONTROL(VECTOR)
	stw	2, RECORD_VECTOR(1)
	mfspr	2, SPR_MAS0
	stw	2, RECORD_MAS(1)
	mfspr	2, SPR_MAS1
	stw	2, RECORD_MAS + 4(1)
	mfspr	2, SPR_MAS2
	stw	2, RECORD_MAS + 8(1)
	mfspr	2, SPR_MAS3
	stw	2, RECORD_MAS + 12(1)
	mfspr	2, SPR_MAS4
	stw	2, RECORD_MAS + 16(1)
	mfspr	2, SPR_MAS6
	stw	2, RECORD_MAS + 20(1)
	mfspr	2, SPR_MAS7
	stw	2, RECORD_MAS + 24(1)
#ifdef E500V2
	mfspr	2, SPR_SPEFSCR
	stw	2, RECORD_SPEFSCR(1)
	evxor	3, 3, 3
	evmwumiaa 3, 3, 3 /* r3 = ACC + 0 */
	li	4, RECORD_ACC
	evstddx	3, 1, 4
#else
	.set	n, 0
	.rept	32
	stfd	n, RECORD_FPR + 8 * n(1)
	.set	n, n + 1
	.endr
	mffs	0
	stfd	0, RECORD_FPSCR(1)
#endif
	/* The window. */
	lwz	2, CONTROL(INDEX)
	slwi	3, 2, 10
	addis	3, 3, LAYOUT_INPUT@h
	lwz	4, RECORD_WINDOW(3)
	stw	4, RECORD_WINDOW(1)
	lwz	5, RECORD_MSR(3)
	stw	5, RECORD_MSR(1)
	addi	5, 1, RECORD_DATA - 4
	addi	4, 4, -4
	li	6, LAYOUT_WINDOW_SIZE / 4
	mtctr	6
1:	lwzu	6, 4(4)
	stwu	6, 4(5)
	bdnz	1b
	addi	2, 2, 1
	stw	2, CONTROL(INDEX)

next:
	lwz	2, CONTROL(INDEX)
	lwz	3, CONTROL(COUNT)
	cmplw	2, 3
	bge	end
	slwi	1, 2, 10
	addis	3, 1, LAYOUT_OUTPUT@h
	stw	3, CONTROL(OUTPUT)
	addis	1, 1, LAYOUT_INPUT@h
	/* The window. */
	lwz	4, RECORD_WINDOW(1)
	addi	5, 1, RECORD_DATA - 4
	addi	4, 4, -4
	li	6, LAYOUT_WINDOW_SIZE / 4
	mtctr	6
1:	lwzu	6, 4(5)
	stwu	6, 4(4)
	bdnz	1b
	/* No reservation is left over. */
	li	3, LAYOUT_CONTROL + CONTROL_NOWHERE
	stwcx.	3, 0, 3
	/* The way in: rfci to the stub. */
	slwi	3, 2, 4
	addis	3, 3, LAYOUT_STUBS@h
	mtspr	SPR_CSRR0, 3
	lwz	3, RECORD_MSR(1)
	mtspr	SPR_CSRR1, 3
	mfmsr	3
#ifdef E500V2
	oris	3, 3, MSR_UNIT
	mtmsr	3
	isync
	li	4, RECORD_ACC
	evlddx	3, 1, 4
	evmra	3, 3
	lwz	3, RECORD_SPEFSCR(1)
	mtspr	SPR_SPEFSCR, 3
#else
	ori	3, 3, 0x2000
	mtmsr	3
	isync
	lfd	0, RECORD_FPSCR(1)
	mtfsf	255, 0
	.set	n, 0
	.rept	32
	lfd	n, RECORD_FPR + 8 * n(1)
	.set	n, n + 1
	.endr
#endif
	.set	n, 0
	.rept	8
	lwz	3, RECORD_SPRG + 4 * n(1)
	mtspr	SPR_SPRG0 + n, 3
	.set	n, n + 1
	.endr
	lwz	3, RECORD_USPRG0(1)
	mtspr	SPR_USPRG0, 3
	lwz	3, RECORD_MAS(1)
	mtspr	SPR_MAS0, 3
	lwz	3, RECORD_MAS + 4(1)
	mtspr	SPR_MAS1, 3
	lwz	3, RECORD_MAS + 8(1)
	mtspr	SPR_MAS2, 3
	lwz	3, RECORD_MAS + 12(1)
	mtspr	SPR_MAS3, 3
	lwz	3, RECORD_MAS + 16(1)
	mtspr	SPR_MAS4, 3
	lwz	3, RECORD_MAS + 20(1)
	mtspr	SPR_MAS6, 3
	lwz	3, RECORD_MAS + 24(1)
	mtspr	SPR_MAS7, 3
	lwz	3, RECORD_SRR0(1)
	mtspr	SPR_SRR0, 3
	lwz	3, RECORD_SRR1(1)
	mtspr	SPR_SRR1, 3
	lwz	3, RECORD_MCSRR0(1)
	mtspr	SPR_MCSRR0, 3
	lwz	3, RECORD_MCSRR1(1)
	mtspr	SPR_MCSRR1, 3
	lwz	3, RECORD_ESR(1)
	mtspr	SPR_ESR, 3
	lwz	3, RECORD_DEAR(1)
	mtspr	SPR_DEAR, 3
	lwz	3, RECORD_LR(1)
	mtlr	3
	lwz	3, RECORD_CTR(1)
	mtctr	3
	lwz	3, RECORD_XER(1)
	mtxer	3
	lwz	3, RECORD_CR(1)
	mtcrf	255, 3
#ifdef E500V2
	evldd	0, RECORD_GPR(1)
	.set	n, 2
	.rept	30
	evldd	n, RECORD_GPR + 8 * n(1)
	.set	n, n + 1
	.endr
	evldd	1, RECORD_GPR + 8(1)
#else
	lwz	0, RECORD_GPR + 4(1)
	.set	n, 2
	.rept	30
	lwz	n, RECORD_GPR + 8 * n + 4(1)
	.set	n, n + 1
	.endr
	lwz	1, RECORD_GPR + 12(1)
#endif
	rfci

end:
	stw	2, CONTROL(DONE)
	/* GPIO at CCSR + 0xff000: pin 0 an output, then high: the power goes off. */
	lis	3, 0xe00f
	ori	3, 3, 0xf000
	lis	4, 0x8000
	stw	4, 0(3)
	stw	4, 8(3)
	b	.
