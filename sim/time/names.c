#include "sim/time/names.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"

void names_fini(struct names *names)
{
	for (unsigned i = 0; i < names->count; i++)
		free(names->text[i]);
	free(names->text);
	*names = (struct names){ 0 };
}

unsigned names_intern(struct names *names, const char *text)
{
	for (unsigned i = 0; i < names->count; i++)
		if (!strcmp(names->text[i], text))
			return i;
	if (names->count == names->room) {
		names->room = names->room ? 2 * names->room : 16;
		names->text = allocate_again(names->text, names->room * sizeof *names->text);
	}
	names->text[names->count] = allocate_text(text);
	return names->count++;
}
