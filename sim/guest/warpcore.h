/*
 * Calls from a program on the simulated machine to the simulator that runs it.
 *
 * For bare metal and for user space of an operating system, privileged or not:
 * include this file, no library is needed (gcc or clang, C99, -ffreestanding
 * is fine). See docs/semihosting.md.
 *
 * A call is the word WARPCORE_CALL_WORD, an instruction that does nothing:
 * xoris r31,r31,0, which no compiler emits. On silicon, in QEMU, and in Warpcore
 * without the option `semihost` it is that, and each function here returns
 * WARPCORE_ABSENT.
 *
 * Registers:  in   r3 WARPCORE_CALL + number, r4 name, r5 bytes of the name,
 *                  r6 buffer, r7 bytes of the buffer, r8 and r9 a 64-bit number
 *                  (high word first)
 *             out  r3 0 or an error below, r4 and r5 a 64-bit result
 * No other register changes. With r3 as it went in, nobody has answered.
 *
 * License: MIT, as all of Warpcore.
 */
#ifndef WARPCORE_GUEST_H
#define WARPCORE_GUEST_H

#define WARPCORE_CALL_WORD 0x6fff0000
#define WARPCORE_CALL 0x57430000

enum warpcore_call {
	WARPCORE_HELLO,       /* result: version of this interface, 1 */
	WARPCORE_EXIT,        /* number: the exit status; the run ends behind this instruction */
	WARPCORE_BEGIN,       /* name: a region of interest begins */
	WARPCORE_END,         /* name: it ends */
	WARPCORE_STAT_GET,    /* name: of any statistic; result: its value now */
	WARPCORE_STAT_SET,    /* name: "guest.*"; number: its value from now on */
	WARPCORE_STAT_ADD,    /* name: "guest.*"; number: added to its value; result: the sum */
	WARPCORE_FILE_SIZE,   /* name: of a file; result: its size in bytes */
	WARPCORE_FILE_READ,   /* name, buffer, number: offset; result: bytes read, 0 at the end of the file */
	WARPCORE_CALLS
};

enum warpcore_error {
	WARPCORE_ABSENT = -1,  /* (of the functions below) nobody has answered: not in Warpcore, or not allowed there */
	WARPCORE_NO_CALL = -2, /* this version of Warpcore has no such call */
	WARPCORE_FAULT = -3,   /* not mapped, or not for this access; result: bit 32 set for a store, and the address */
	WARPCORE_ADDRESS = -4, /* what is mapped there is not memory that can be read or written */
	WARPCORE_BAD_NAME = -5,  /* empty, too long, or with characters or parts that are not allowed */
	WARPCORE_NOT_FOUND = -6, /* no such statistic or file */
	WARPCORE_DENIED = -7,    /* no directory is shared, or this is no regular file, or a link, or cannot be read */
	WARPCORE_LIMIT = -8,     /* too many names, or too large a file */
	WARPCORE_NOT_NOW = -9    /* the region is open already, or is not */
};

/* A name of more bytes is WARPCORE_BAD_NAME: of a region or statistic; of a file. */
#define WARPCORE_NAME_MAX 63
#define WARPCORE_FILE_NAME_MAX 255
/* Regions and statistics that a guest may make; files that it may read in a run, and their bytes in all. */
#define WARPCORE_REGIONS_MAX 64
#define WARPCORE_STATS_MAX 64
#define WARPCORE_FILES_MAX 256
#define WARPCORE_FILE_BYTES_MAX 0x10000000
/* Bytes of one WARPCORE_FILE_READ at most; a longer one is cut. warpcore_read goes on by itself. */
#define WARPCORE_READ_MAX 0x10000

#if defined(__PPC__) || defined(__powerpc__)

struct warpcore_arguments {
	const char *name;     /* ends with a NUL; or a null pointer */
	void *buffer;
	unsigned long size;
	unsigned long long number;
};

/* The call itself. Returns 0 or an error; *result is set in either case. */
static __inline__ long warpcore_call_once(enum warpcore_call call, const struct warpcore_arguments *arguments,
					  unsigned long long *result)
{
	unsigned long mark = WARPCORE_CALL + (unsigned long)call, length = 0;
	unsigned long high = (unsigned long)(arguments->number >> 32);
	unsigned long low = (unsigned long)(arguments->number & 0xffffffff);

	while (arguments->name && arguments->name[length])
		length++;
	/* Nothing may be worked out between here and the call. */
	register unsigned long r3 __asm__("r3") = mark;
	register unsigned long r4 __asm__("r4") = (unsigned long)arguments->name;
	register unsigned long r5 __asm__("r5") = length;
	register unsigned long r6 __asm__("r6") = (unsigned long)arguments->buffer;
	register unsigned long r7 __asm__("r7") = arguments->size;
	register unsigned long r8 __asm__("r8") = high;
	register unsigned long r9 __asm__("r9") = low;
	__asm__ __volatile__(".long 0x6fff0000" /* WARPCORE_CALL_WORD */
			     : "+r"(r3), "+r"(r4), "+r"(r5)
			     : "r"(r6), "r"(r7), "r"(r8), "r"(r9)
			     : "memory");
	*result = (unsigned long long)r4 << 32 | (r5 & 0xffffffff);
	return r3 == mark ? (long)WARPCORE_ABSENT : (long)(int)r3;
}

/*
 * The call; a page of the name or buffer that the core has no translation for
 * at the moment is touched as any load or store would, and the call made again.
 */
static __inline__ long warpcore_call(enum warpcore_call call, const struct warpcore_arguments *arguments,
				     unsigned long long *result)
{
	long status;

	while ((status = warpcore_call_once(call, arguments, result)) == WARPCORE_FAULT) {
		volatile unsigned char *at = (volatile unsigned char *)(unsigned long)(*result & 0xffffffff);

		if (*result >> 32)
			*at = *at;
		else
			(void)*at;
	}
	return status;
}

/* True when somebody answers. */
static __inline__ int warpcore_present(void)
{
	struct warpcore_arguments none = { 0, 0, 0, 0 };
	unsigned long long version;

	return warpcore_call(WARPCORE_HELLO, &none, &version) == 0;
}

/* Ends the run. Comes back where nobody answers, and when the run is made to go on. */
static __inline__ long warpcore_exit(unsigned status)
{
	struct warpcore_arguments arguments = { 0, 0, 0, status };
	unsigned long long none;

	return warpcore_call(WARPCORE_EXIT, &arguments, &none);
}

/* A region of interest, of all cores; a region may lie in another or cross it. */
static __inline__ long warpcore_begin(const char *region)
{
	struct warpcore_arguments arguments = { region, 0, 0, 0 };
	unsigned long long none;

	return warpcore_call(WARPCORE_BEGIN, &arguments, &none);
}

static __inline__ long warpcore_end(const char *region)
{
	struct warpcore_arguments arguments = { region, 0, 0, 0 };
	unsigned long long none;

	return warpcore_call(WARPCORE_END, &arguments, &none);
}

static __inline__ long warpcore_stat_get(const char *name, long long *value)
{
	struct warpcore_arguments arguments = { name, 0, 0, 0 };
	unsigned long long result;
	long status = warpcore_call(WARPCORE_STAT_GET, &arguments, &result);

	*value = status ? 0 : (long long)result;
	return status;
}

static __inline__ long warpcore_stat_set(const char *name, long long value)
{
	struct warpcore_arguments arguments = { name, 0, 0, (unsigned long long)value };
	unsigned long long none;

	return warpcore_call(WARPCORE_STAT_SET, &arguments, &none);
}

/* One step, whatever other cores do meanwhile. */
static __inline__ long warpcore_stat_add(const char *name, long long value)
{
	struct warpcore_arguments arguments = { name, 0, 0, (unsigned long long)value };
	unsigned long long sum;

	return warpcore_call(WARPCORE_STAT_ADD, &arguments, &sum);
}

/* Bytes of a file, or an error. */
static __inline__ long long warpcore_size(const char *file)
{
	struct warpcore_arguments arguments = { file, 0, 0, 0 };
	unsigned long long size;
	long status = warpcore_call(WARPCORE_FILE_SIZE, &arguments, &size);

	return status ? status : (long long)size;
}

/* Reads up to `size` bytes at `offset`: how many there were, or an error. */
static __inline__ long warpcore_read(const char *file, unsigned long long offset, void *buffer, unsigned long size)
{
	unsigned long done = 0;

	while (done < size) {
		struct warpcore_arguments arguments = { file, (char *)buffer + done, size - done, offset + done };
		unsigned long long count;
		long status = warpcore_call(WARPCORE_FILE_READ, &arguments, &count);

		if (status)
			return status;
		if (!count)
			break;
		done += (unsigned long)count;
	}
	return (long)done;
}

#endif

#endif
