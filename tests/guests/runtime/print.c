/* UART0 and the checks. */
#include <stdarg.h>

#include "guest.h"

#define UART_LSR (UART0 + 5)
#define LSR_THR_EMPTY 0x20

static void put(char c)
{
	while (!(read8(UART_LSR) & LSR_THR_EMPTY))
		;
	write8(UART0, (uint8_t)c);
}

static void put_text(const char *text)
{
	while (*text)
		put(*text++);
}

static void put_number(uint32_t value, unsigned base, unsigned width)
{
	char digits[11];
	unsigned n = 0;

	do {
		digits[n++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value || n < width);
	while (n)
		put(digits[--n]);
}

static void put_argument(char kind, unsigned width, va_list args)
{
	int32_t value;

	switch (kind) {
	case 'd':
		value = va_arg(args, int32_t);
		if (value < 0)
			put('-');
		put_number(value < 0 ? -(uint32_t)value : (uint32_t)value, 10, width);
		break;
	case 'u': put_number(va_arg(args, uint32_t), 10, width); break;
	case 'x': put_number(va_arg(args, uint32_t), 16, width); break;
	case 's': put_text(va_arg(args, const char *)); break;
	case 'c': put((char)va_arg(args, int)); break;
	default: put(kind);
	}
}

static volatile uint32_t print_lock;

static void lock(volatile uint32_t *word)
{
	uint32_t seen;

	asm volatile("1: lwarx %0, 0, %1\n\tcmpwi %0, 0\n\tbne 1b\n\tstwcx. %2, 0, %1\n\tbne 1b\n\tisync"
		     : "=&r"(seen) : "r"(word), "r"(1) : "cr0", "memory");
}

void print(const char *format, ...)
{
	va_list args;

	lock(&print_lock);
	va_start(args, format);
	for (; *format; format++) {
		unsigned width = 0;

		if (*format != '%') {
			put(*format);
			continue;
		}
		while (*++format >= '0' && *format <= '9')
			width = 10 * width + (unsigned)(*format - '0');
		put_argument(*format, width > 8 ? 8 : width, args);
	}
	va_end(args);
	sync();
	print_lock = 0;
}

volatile unsigned check_failures;

void check_equal(uint32_t got, uint32_t want, const char *what, const char *file, int line)
{
	if (got == want)
		return;
	check_failures++;
	print("%s:%d: %s is %8x, should be %8x\n", file, line, what, got, want);
}

void guest_exit(unsigned status)
{
	print("guest: exit %u\n", status);
	write32(GPIO + 0, 0x80000000u); /* pin 0 is an output */
	write32(GPIO + 8, 0x80000000u); /* and high: off */
	idle_forever();
}

void guest_finish(void)
{
	guest_exit(check_failures);
}
