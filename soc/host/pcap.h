/*
 * A pcap file of Ethernet frames, for tcpdump and Wireshark: a head of 24 bytes, and 16 before each frame
 * (draft-ietf-opsawg-pcap). Times are virtual ns since reset.
 */
#ifndef WARPCORE_HOST_PCAP_H
#define WARPCORE_HOST_PCAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"

struct pcap;

/* Makes the file, or empties it. NULL: err says why not. */
struct pcap *pcap_open(const char *path, struct err *err);
void pcap_write(struct pcap *pcap, const void *frame, size_t size, int64_t when);
/* Brings the file up to date. False: it could not be written, now or before. */
bool pcap_flush(struct pcap *pcap, struct err *err);
void pcap_close(struct pcap *pcap);

#endif
