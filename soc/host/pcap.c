#include "soc/host/pcap.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/allocate.h"
#include "sim/base/endian.h"

#define PCAP_MAGIC_NS 0xa1b23c4du /* with times in ns */
#define PCAP_SNAPLEN  65535
#define PCAP_ETHERNET 1
#define PCAP_SECOND   INT64_C(1000000000)
enum { PCAP_HEAD = 24, PCAP_RECORD = 16 };

struct pcap {
	FILE *file;
	char *path;
	int error; /* errno of the first write that failed, or 0 */
};

static void pcap_note_error(struct pcap *pcap)
{
	if (!pcap->error)
		pcap->error = errno ? errno : EIO;
}

bool pcap_flush(struct pcap *pcap, struct err *err)
{
	if (fflush(pcap->file))
		pcap_note_error(pcap);
	return !pcap->error || err_set(err, "%s: could not be written: %s", pcap->path, strerror(pcap->error));
}

void pcap_close(struct pcap *pcap)
{
	if (!pcap)
		return;
	fclose(pcap->file);
	free(pcap->path);
	free(pcap);
}

struct pcap *pcap_open(const char *path, struct err *err)
{
	uint8_t head[PCAP_HEAD] = { 0 };
	FILE *file = fopen(path, "wb");
	struct pcap *pcap;

	if (!file) {
		err_set(err, "net: pcap=%s: cannot be written: %s", path, strerror(errno));
		return NULL;
	}
	pcap = allocate_bytes(sizeof *pcap);
	*pcap = (struct pcap){ .file = file, .path = allocate_text(path) };
	le32_store(head, PCAP_MAGIC_NS);
	le16_store(head + 4, 2); /* version 2.4 */
	le16_store(head + 6, 4);
	le32_store(head + 16, PCAP_SNAPLEN);
	le32_store(head + 20, PCAP_ETHERNET);
	fwrite(head, 1, sizeof head, file);
	if (pcap_flush(pcap, err)) /* who looks already finds a file of this kind */
		return pcap;
	pcap_close(pcap);
	return NULL;
}

void pcap_write(struct pcap *pcap, const void *frame, size_t size, int64_t when)
{
	uint8_t record[PCAP_RECORD];

	le32_store(record, (uint32_t)(when / PCAP_SECOND));
	le32_store(record + 4, (uint32_t)(when % PCAP_SECOND));
	le32_store(record + 8, (uint32_t)size);  /* in the file */
	le32_store(record + 12, (uint32_t)size); /* on the wire */
	if (fwrite(record, 1, sizeof record, pcap->file) != sizeof record || fwrite(frame, 1, size, pcap->file) != size)
		pcap_note_error(pcap);
}
