/*
 * A line from a terminal, with editing, history and completion (libedit).
 * Threads: one.
 */
#ifndef WARPCORE_MAIN_LINE_EDITOR_H
#define WARPCORE_MAIN_LINE_EDITOR_H

#include <stdbool.h>
#include <stddef.h>

struct line_editor;

/*
 * What may stand at the cursor: the text before it is `size` bytes of `line`.
 * Calls line_editor_offer for each candidate.
 */
typedef void line_editor_complete_fn(void *opaque, const char *line, size_t size);

/* `path`: the file that keeps the history, or NULL. */
struct line_editor *line_editor_create(const char *path, line_editor_complete_fn *complete, void *opaque);
/* Writes the history. */
void line_editor_destroy(struct line_editor *editor);

enum line_editor_result {
	LINE_EDITOR_LINE,
	LINE_EDITOR_END,         /* of input */
	LINE_EDITOR_INTERRUPTED, /* Ctrl-C */
};
/* Reads a line; *line is without its newline, and good until the next call. */
enum line_editor_result line_editor_read(struct line_editor *editor, const char *prompt, const char **line);
/* Adds a chunk of one or more lines to the history. */
void line_editor_remember(struct line_editor *editor, const char *chunk);

/*
 * While completing: the word would replace the last `tail` bytes before the cursor. `suffix` ("(") follows it if it
 * is the only one.
 */
void line_editor_offer(struct line_editor *editor, const char *word, size_t tail, const char *suffix);

#endif
