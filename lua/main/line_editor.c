#include "lua/main/line_editor.h"

#include <errno.h>
#include <histedit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "sim/base/allocate.h"

#define LINE_EDITOR_HISTORY 1000

struct line_editor_word {
	char *text, *suffix;
	size_t tail;
};

struct line_editor {
	EditLine *line;
	History *history;
	HistEvent event;
	char *path;
	const char *prompt;
	char *text; /* of the last line */
	line_editor_complete_fn *complete;
	void *opaque;
	struct line_editor_word *words; /* while completing */
	size_t nwords, room;
};

static struct line_editor *line_editor_of(EditLine *line)
{
	void *editor;

	el_get(line, EL_CLIENTDATA, &editor);
	return editor;
}

static char *line_editor_prompt(EditLine *line)
{
	return (char *)line_editor_of(line)->prompt;
}

/* ---- Completion ---- */

void line_editor_offer(struct line_editor *editor, const char *word, size_t tail, const char *suffix)
{
	if (editor->nwords == editor->room) {
		editor->room = editor->room ? 2 * editor->room : 64;
		editor->words = allocate_again(editor->words, editor->room * sizeof *editor->words);
	}
	editor->words[editor->nwords++] = (struct line_editor_word){ allocate_text(word), allocate_text(suffix), tail };
}

static void line_editor_forget_words(struct line_editor *editor)
{
	for (size_t i = 0; i < editor->nwords; i++) {
		free(editor->words[i].text);
		free(editor->words[i].suffix);
	}
	editor->nwords = 0;
}

/* How many bytes all words have in common from their start. */
static size_t line_editor_common(const struct line_editor *editor)
{
	size_t common = strlen(editor->words[0].text);

	for (size_t i = 1; i < editor->nwords; i++) {
		size_t n = 0;

		while (n < common && editor->words[i].text[n] == editor->words[0].text[n])
			n++;
		common = n;
	}
	return common;
}

static void line_editor_list(const struct line_editor *editor)
{
	struct winsize size = { .ws_col = 80 };
	size_t width = 0, columns;

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	for (size_t i = 0; i < editor->nwords; i++) {
		size_t n = strlen(editor->words[i].text) + 2;

		width = n > width ? n : width;
	}
	columns = size.ws_col > width ? size.ws_col / width : 1;
	for (size_t i = 0; i < editor->nwords; i++)
		printf("%s%-*s", i % columns ? "" : "\n", (int)width, editor->words[i].text);
	putchar('\n');
	fflush(stdout);
}

/* Puts the first `n` bytes of the first word in the place of what is typed of it. False: it stood there already. */
static bool line_editor_insert(struct line_editor *editor, size_t n, const char *suffix)
{
	const struct line_editor_word *word = &editor->words[0];
	size_t length = n + strlen(suffix) + 1;
	char *text;

	if (n <= word->tail && !*suffix)
		return false;
	text = allocate_bytes(length);
	snprintf(text, length, "%.*s%s", (int)n, word->text, suffix);
	if (word->tail)
		el_deletestr(editor->line, (int)word->tail);
	el_insertstr(editor->line, text);
	free(text);
	return true;
}

static unsigned char line_editor_on_tab(EditLine *line, wint_t key)
{
	struct line_editor *editor = line_editor_of(line);
	const LineInfo *info = el_line(line);
	unsigned char result = CC_REFRESH;

	editor->complete(editor->opaque, info->buffer, (size_t)(info->cursor - info->buffer));
	if (!editor->nwords) {
		result = CC_REFRESH_BEEP;
	} else if (editor->nwords == 1) {
		line_editor_insert(editor, strlen(editor->words[0].text), editor->words[0].suffix);
	} else if (!line_editor_insert(editor, line_editor_common(editor), "")) {
		line_editor_list(editor);
		result = CC_REDISPLAY;
	}
	line_editor_forget_words(editor);
	return result;
}

/* ---- Lines ---- */

struct line_editor *line_editor_create(const char *path, line_editor_complete_fn *complete, void *opaque)
{
	struct line_editor *editor = allocate_zeroed(1, sizeof *editor);

	editor->complete = complete;
	editor->opaque = opaque;
	editor->path = path ? allocate_text(path) : NULL;
	editor->history = history_init();
	history(editor->history, &editor->event, H_SETSIZE, LINE_EDITOR_HISTORY);
	history(editor->history, &editor->event, H_SETUNIQUE, 1);
	if (editor->path)
		history(editor->history, &editor->event, H_LOAD, editor->path);
	editor->line = el_init("warpcore", stdin, stdout, stderr);
	el_set(editor->line, EL_CLIENTDATA, editor);
	el_set(editor->line, EL_PROMPT_ESC, line_editor_prompt, '\1');
	el_set(editor->line, EL_EDITOR, "emacs");
	el_set(editor->line, EL_HIST, history, editor->history);
	/* The wide form: the narrow one copies the names and loses them. */
	el_wset(editor->line, EL_ADDFN, L"warpcore-complete", L"Complete the word", line_editor_on_tab);
	el_set(editor->line, EL_BIND, "^I", "warpcore-complete", NULL);
	el_set(editor->line, EL_BIND, "^R", "em-inc-search-prev", NULL);
	/*
	 * A Ctrl-D typed while a chunk runs reaches the terminal in its canonical mode, which keeps a NUL of it.
	 * libedit takes NUL for the key of each function that the terminal has none for, quoted insert last: the next
	 * key would stand in the line as it is.
	 */
	el_set(editor->line, EL_BIND, "^@", "em-delete-or-list", NULL);
	return editor;
}

void line_editor_destroy(struct line_editor *editor)
{
	if (editor->path)
		history(editor->history, &editor->event, H_SAVE, editor->path);
	el_end(editor->line);
	history_end(editor->history);
	free(editor->path);
	free(editor->text);
	free(editor->words);
	free(editor);
}

enum line_editor_result line_editor_read(struct line_editor *editor, const char *prompt, const char **line)
{
	const char *got;
	int n = 0;

	editor->prompt = prompt;
	errno = 0;
	got = el_gets(editor->line, &n);
	if (!got || n <= 0)
		return errno == EINTR ? LINE_EDITOR_INTERRUPTED : LINE_EDITOR_END;
	free(editor->text);
	editor->text = allocate_text_part(got, (size_t)n - (got[n - 1] == '\n'));
	*line = editor->text;
	return LINE_EDITOR_LINE;
}

void line_editor_remember(struct line_editor *editor, const char *chunk)
{
	if (chunk[strspn(chunk, " \t\n")])
		history(editor->history, &editor->event, H_ENTER, chunk);
}
