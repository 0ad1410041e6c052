/*
 * Floating point as a Linux program sees it. Runs on e500mc and, through the kernel's emulation, on e500v2.
 *   fp round           results in the four rounding modes, as bits
 *   fp sigfpe          si_code of each enabled exception
 *   fp hold N LOOPS    N processes that keep registers of their own over system calls and preemption
 *   fp spe N LOOPS     the same for the upper halves, the accumulator and SPEFSCR (e500v2)
 *   fp spesig          si_code of embedded floating-point exceptions (e500v2)
 */
#define _GNU_SOURCE
#include <fenv.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile double one = 1.0, three = 3.0, ten = 10.0, zero = 0.0, huge = 1e308, tiny = 1e-308;

static unsigned long long bits(double value)
{
	unsigned long long word;

	memcpy(&word, &value, sizeof word);
	return word;
}

static int run_round(void)
{
	static const struct {
		const char *name;
		int mode;
	} modes[] = {
		{ "nearest", FE_TONEAREST },
		{ "zero", FE_TOWARDZERO },
		{ "up", FE_UPWARD },
		{ "down", FE_DOWNWARD },
	};

	for (int i = 0; i < 4; i++) {
		volatile double third, minus, tenth; /* computed between the calls */

		fesetround(modes[i].mode);
		third = one / three;
		minus = -one / three;
		tenth = one / ten;
		fesetround(FE_TONEAREST);
		printf("%s %016llx %016llx %016llx\n", modes[i].name, bits(third), bits(minus), bits(tenth));
	}
	return 0;
}

static sigjmp_buf back;
static volatile int code;

static void caught(int signal, siginfo_t *info, void *context)
{
	code = info->si_code;
	siglongjmp(back, 1);
}

static void catch(void)
{
	struct sigaction action = { .sa_sigaction = caught, .sa_flags = SA_SIGINFO | SA_NODEFER };

	sigaction(SIGFPE, &action, NULL);
}

static const char *code_name(int value)
{
	switch (value) {
	case 0: return "none";
	case FPE_FLTDIV: return "FLTDIV";
	case FPE_FLTOVF: return "FLTOVF";
	case FPE_FLTUND: return "FLTUND";
	case FPE_FLTRES: return "FLTRES";
	case FPE_FLTINV: return "FLTINV";
	default: return "another";
	}
}

static volatile double sink;

static void attempt(const char *name, int exception, volatile double *a, volatile double *b, int multiply)
{
	code = 0;
	feclearexcept(FE_ALL_EXCEPT);
	feenableexcept(exception);
	if (!sigsetjmp(back, 1))
		sink = multiply ? *a * *b : *a / *b;
	fedisableexcept(FE_ALL_EXCEPT);
	feclearexcept(FE_ALL_EXCEPT);
	printf("%s %s\n", name, code_name(code));
}

static int run_sigfpe(void)
{
	catch();
	attempt("divide", FE_DIVBYZERO, &one, &zero, 0);
	attempt("overflow", FE_OVERFLOW, &huge, &huge, 1);
	attempt("underflow", FE_UNDERFLOW, &tiny, &tiny, 1);
	attempt("inexact", FE_INEXACT, &one, &three, 0);
	attempt("invalid", FE_INVALID, &zero, &zero, 0);
	attempt("masked", FE_INVALID, &one, &zero, 0);
	return 0;
}

/* Loads f14 to f31 with a process's own values, lets others run, and compares. */
static int hold_once(unsigned seed)
{
	double in[18], out[18];

	for (int i = 0; i < 18; i++)
		in[i] = seed * 100.0 + i;
	__asm__ volatile(
		"lfd 14,0(%0); lfd 15,8(%0); lfd 16,16(%0); lfd 17,24(%0); lfd 18,32(%0); lfd 19,40(%0);"
		"lfd 20,48(%0); lfd 21,56(%0); lfd 22,64(%0); lfd 23,72(%0); lfd 24,80(%0); lfd 25,88(%0);"
		"lfd 26,96(%0); lfd 27,104(%0); lfd 28,112(%0); lfd 29,120(%0); lfd 30,128(%0); lfd 31,136(%0);"
		"li 0,158; sc;" /* sched_yield */
		"lis 9,1; mtctr 9; 1: bdnz 1b;"
		"stfd 14,0(%1); stfd 15,8(%1); stfd 16,16(%1); stfd 17,24(%1); stfd 18,32(%1); stfd 19,40(%1);"
		"stfd 20,48(%1); stfd 21,56(%1); stfd 22,64(%1); stfd 23,72(%1); stfd 24,80(%1); stfd 25,88(%1);"
		"stfd 26,96(%1); stfd 27,104(%1); stfd 28,112(%1); stfd 29,120(%1); stfd 30,128(%1); stfd 31,136(%1);"
		: : "r"(in), "r"(out)
		: "memory", "ctr", "cr0", "r0", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12",
		  "fr14", "fr15", "fr16", "fr17", "fr18", "fr19", "fr20", "fr21", "fr22", "fr23", "fr24", "fr25",
		  "fr26", "fr27", "fr28", "fr29", "fr30", "fr31");
	return memcmp(in, out, sizeof in) == 0;
}

static int hold(unsigned seed, unsigned loops)
{
	static const int modes[] = { FE_TONEAREST, FE_TOWARDZERO, FE_UPWARD, FE_DOWNWARD };

	fesetround(modes[seed % 4]);
	for (unsigned i = 0; i < loops; i++)
		if (!hold_once(seed) || fegetround() != modes[seed % 4])
			return 0;
	return 1;
}

/* evldd and evstdd rN,0(r11); evmra and evaddumiaaw move to and from the accumulator. */
#define EVLDD(n) ".long 0x100b0301 | " #n " << 21\n"
#define EVSTDD(n) ".long 0x100b0321 | " #n " << 21\n"

static int spe_once(unsigned seed)
{
	uint64_t in[4], out[4], accumulator = 0x1111111122222222ull * (seed + 1);

	for (int i = 0; i < 4; i++)
		in[i] = (uint64_t)(0xabcd0000u + seed * 16 + i) << 32 | (0x1234u + i);
	__asm__ volatile(
		"mr 11,%2\n" EVLDD(14) ".long 0x11ce04c4\n" /* evmra r14,r14 */
		"mr 11,%0\n" EVLDD(14) "addi 11,11,8\n" EVLDD(15) "addi 11,11,8\n" EVLDD(16) "addi 11,11,8\n" EVLDD(17)
		"mr 18,%1; mr 19,%2\n"
		"li 0,158; sc\n"
		"lis 9,1; mtctr 9; 1: bdnz 1b\n"
		"mr 11,18\n" EVSTDD(14) "addi 11,11,8\n" EVSTDD(15) "addi 11,11,8\n" EVSTDD(16)
		"addi 11,11,8\n" EVSTDD(17)
		"li 14,0; .long 0x11ce722d\n" /* evmergelo r14,r14,r14: zero */
		".long 0x11ce04c8\n"          /* evaddumiaaw r14,r14: the accumulator plus zero */
		"mr 11,19\n" EVSTDD(14)
		: : "r"(in), "r"(out), "r"(&accumulator)
		: "memory", "ctr", "cr0", "r0", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12",
		  "r14", "r15", "r16", "r17", "r18", "r19");
	return memcmp(in, out, sizeof in) == 0 && accumulator == 0x1111111122222222ull * (seed + 1);
}

static int spe(unsigned seed, unsigned loops)
{
	unsigned long mode = seed % 4, got;

	__asm__ volatile("mtspr 512,%0" : : "r"(mode));
	for (unsigned i = 0; i < loops; i++) {
		if (!spe_once(seed))
			return 0;
		__asm__ volatile("mfspr %0,512" : "=r"(got));
		if ((got & 3) != mode)
			return 0;
	}
	return 1;
}

static int run_processes(int n, unsigned loops, int (*work)(unsigned, unsigned))
{
	int good = 0, status;

	for (int i = 0; i < n; i++)
		if (!fork())
			_exit(!work(i, loops));
	while (wait(&status) > 0)
		good += status == 0;
	printf("%d of %d\n", good, n);
	return good != n;
}

/*
 * efsdiv, efsmul, efsadd r3,r4,r5, behind evmra r0,r0: scalar instructions do not need MSR[SPE], but
 * the kernel looks at SPEFSCR for the code of the signal only if the program has SPE switched on.
 */
#define EFS(name, word) \
	static void name(unsigned a, unsigned b) \
	{ \
		register unsigned r4 __asm__("r4") = a, r5 __asm__("r5") = b; \
		__asm__ volatile(".long 0x100004c4, " #word : : "r"(r4), "r"(r5) : "r0", "r3"); \
	}
EFS(efsdiv, 0x10642ac9)
EFS(efsmul, 0x10642ac8)
EFS(efsadd, 0x10642ac0)

static void attempt_spe(const char *name, unsigned enable, void (*operation)(unsigned, unsigned), unsigned a,
			unsigned b)
{
	code = 0;
	if (prctl(PR_SET_FPEXC, PR_FP_EXC_SW_ENABLE | enable))
		perror("prctl");
	if (!sigsetjmp(back, 1))
		operation(a, b);
	prctl(PR_SET_FPEXC, PR_FP_EXC_DISABLED);
	printf("%s %s\n", name, code_name(code));
}

static int run_spesig(void)
{
	catch();
	attempt_spe("divide", PR_FP_EXC_DIV, efsdiv, 0x3f800000, 0);
	attempt_spe("overflow", PR_FP_EXC_OVF, efsmul, 0x7f000000, 0x7f000000);
	attempt_spe("underflow", PR_FP_EXC_UND, efsmul, 0x00800000, 0x00800000);
	attempt_spe("invalid", PR_FP_EXC_INV, efsadd, 0x7f800000, 0xff800000);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "round"))
		return run_round();
	if (!strcmp(what, "sigfpe"))
		return run_sigfpe();
	if (!strcmp(what, "spesig"))
		return run_spesig();
	if (!strcmp(what, "hold") && argc == 4)
		return run_processes(atoi(argv[2]), (unsigned)atoi(argv[3]), hold);
	if (!strcmp(what, "spe") && argc == 4)
		return run_processes(atoi(argv[2]), (unsigned)atoi(argv[3]), spe);
	fprintf(stderr, "usage: fp round | sigfpe | spesig | hold N LOOPS | spe N LOOPS\n");
	return 2;
}
