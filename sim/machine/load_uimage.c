#include "sim/machine/load_uimage.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "sim/base/endian.h"

#define UIMAGE_MAGIC 0x27051956u

/* The header, 64 bytes, big-endian (doc/uImage of U-Boot). */
enum uimage_field {
	UIMAGE_HEADER_CRC = 4,
	UIMAGE_SIZE = 12,
	UIMAGE_LOAD = 16,
	UIMAGE_ENTRY = 20,
	UIMAGE_DATA_CRC = 24,
	UIMAGE_ARCH = 29,
	UIMAGE_TYPE = 30,
	UIMAGE_COMPRESSION = 31,
	UIMAGE_HEADER_SIZE = 64,
};

enum { UIMAGE_ARCH_PPC = 7 };
enum { UIMAGE_TYPE_STANDALONE = 1, UIMAGE_TYPE_KERNEL = 2, UIMAGE_TYPE_FIRMWARE = 5 };
enum { UIMAGE_PLAIN = 0, UIMAGE_GZIP = 1 };

#define UIMAGE_CHUNK 65536

bool load_uimage_is(const uint8_t *data, size_t size)
{
	return size >= 4 && be32_load(data) == UIMAGE_MAGIC;
}

static bool load_uimage_check_header(const uint8_t *data, size_t size, const char *file, struct err *err)
{
	uint8_t header[UIMAGE_HEADER_SIZE];

	if (size < sizeof header)
		return err_set(err, "%s: truncated uImage: %zu bytes, the header alone takes %zu", file, size,
			       sizeof header);
	memcpy(header, data, sizeof header);
	be32_store(header + UIMAGE_HEADER_CRC, 0);
	if (crc32(0, header, sizeof header) != be32_load(data + UIMAGE_HEADER_CRC))
		return err_set(err, "%s: corrupt uImage: the header's checksum is wrong", file);
	if (be32_load(data + UIMAGE_SIZE) > size - sizeof header)
		return err_set(err, "%s: truncated uImage: %zu bytes of data, the header announces %u", file,
			       size - sizeof header, (unsigned)be32_load(data + UIMAGE_SIZE));
	if (crc32(0, data + sizeof header, be32_load(data + UIMAGE_SIZE)) != be32_load(data + UIMAGE_DATA_CRC))
		return err_set(err, "%s: corrupt uImage: the data's checksum is wrong", file);
	return true;
}

static bool load_uimage_check_kind(const uint8_t *data, const char *file, struct err *err)
{
	uint8_t type = data[UIMAGE_TYPE];

	if (data[UIMAGE_ARCH] != UIMAGE_ARCH_PPC)
		return err_set(err, "%s: uImage for architecture %u, not for PowerPC (%u)", file, data[UIMAGE_ARCH],
			       UIMAGE_ARCH_PPC);
	if (type != UIMAGE_TYPE_STANDALONE && type != UIMAGE_TYPE_KERNEL && type != UIMAGE_TYPE_FIRMWARE)
		return err_set(err, "%s: uImage of type %u, not a kernel (%u)", file, type, UIMAGE_TYPE_KERNEL);
	if (data[UIMAGE_COMPRESSION] > UIMAGE_GZIP)
		return err_set(err, "%s: uImage with compression %u, none (%u) and gzip (%u) are known", file,
			       data[UIMAGE_COMPRESSION], UIMAGE_PLAIN, UIMAGE_GZIP);
	return true;
}

/* Puts decompressed pieces into memory until the stream ends. */
static bool load_uimage_pump(z_stream *stream, struct bus *bus, struct load_image *image, const char *file,
			     struct err *err)
{
	uint8_t chunk[UIMAGE_CHUNK];
	int status;

	do {
		stream->next_out = chunk;
		stream->avail_out = sizeof chunk;
		status = inflate(stream, Z_NO_FLUSH);
		if (status != Z_OK && status != Z_STREAM_END)
			return err_set(err, "%s: corrupt uImage: gzip: %s", file,
				       stream->msg ? stream->msg : "the data ends early");
		if (!bus_poke(bus, image->end, chunk, sizeof chunk - stream->avail_out))
			return err_set(err, "%s: the uImage lies outside of memory at 0x%" PRIx64, file, image->end);
		image->end += sizeof chunk - stream->avail_out;
	} while (status != Z_STREAM_END);
	return true;
}

static bool load_uimage_inflate(struct bus *bus, const uint8_t *data, size_t size, const char *file,
				struct load_image *image, struct err *err)
{
	z_stream stream = { .next_in = (uint8_t *)data, .avail_in = (uInt)size };
	bool ok;

	if (inflateInit2(&stream, 15 + 16) != Z_OK) /* 16: a gzip header */
		return err_set(err, "%s: zlib does not start", file);
	ok = load_uimage_pump(&stream, bus, image, file, err);
	inflateEnd(&stream);
	return ok;
}

static bool load_uimage_copy(struct bus *bus, const uint8_t *data, size_t size, const char *file,
			     struct load_image *image, struct err *err)
{
	image->end += size;
	if (!bus_poke(bus, image->base, data, size))
		return err_set(err, "%s: the uImage lies outside of memory: 0x%zx bytes at 0x%" PRIx64, file, size,
			       image->base);
	return true;
}

bool load_uimage_into(struct bus *bus, const uint8_t *data, size_t size, const char *file,
		      struct load_image *image, struct err *err)
{
	const uint8_t *content = data + UIMAGE_HEADER_SIZE;
	size_t length;
	bool ok;

	if (!load_uimage_check_header(data, size, file, err) || !load_uimage_check_kind(data, file, err))
		return false;
	length = be32_load(data + UIMAGE_SIZE);
	image->entry = be32_load(data + UIMAGE_ENTRY);
	image->base = image->end = be32_load(data + UIMAGE_LOAD);
	if (data[UIMAGE_COMPRESSION] == UIMAGE_GZIP)
		ok = load_uimage_inflate(bus, content, length, file, image, err);
	else
		ok = load_uimage_copy(bus, content, length, file, image, err);
	/* No byte of it was looked for in memory. */
	if (ok && image->end == image->base)
		return err_set(err, "%s: uImage without anything to load", file);
	return ok;
}
