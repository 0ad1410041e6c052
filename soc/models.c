#include "soc/models.h"

#include <string.h>

#include "soc/device/gpio.h"
#include "soc/device/gpio_poweroff.h"
#include "soc/device/guts.h"
#include "soc/device/i2c.h"
#include "soc/device/mpic.h"
#include "soc/device/pci_host.h"
#include "soc/device/rcpm.h"
#include "soc/device/rtc.h"
#include "soc/device/uart.h"
#include "soc/device/virtio.h"

static const struct device_class *const models[] = {
	&gpio_class,
	&gpio_poweroff_class,
	&guts_class,
	&i2c_class,
	&mpic_class,
	&mpic_message_class,
	&mpic_msi_class,
	&mpic_timer_class,
	&pci_host_class,
	&rcpm_class,
	&rtc_class,
	&uart_class,
	&virtio_class,
};

/* Nodes without a model on purpose: by compatible, or by device_type or name where they have none. */
static const struct models_ignored {
	const char *name;
	const char *reason;
} models_ignored_list[] = {
	{ "cache", "caches hold nothing that software can see; the timing model knows them" },
	{ "fsl,ecm-law", "address windows are where the tree says" },
	{ "fsl,corenet-law", "address windows are where the tree says" },
};

const struct device_class *models_at(unsigned index)
{
	return index < sizeof models / sizeof *models ? models[index] : NULL;
}

static const struct device_class *models_of(const char *compatible)
{
	for (size_t i = 0; i < sizeof models / sizeof *models; i++)
		for (const char *const *name = models[i]->compatible; *name; name++)
			if (!strcmp(*name, compatible))
				return models[i];
	return NULL;
}

const struct device_class *models_find(const struct tree_node *node)
{
	const char *compatible;

	for (size_t i = 0; (compatible = tree_string_at(node, "compatible", i)); i++) {
		const struct device_class *class = models_of(compatible);

		if (class)
			return class;
	}
	return NULL;
}

const char *models_ignored(const struct tree_node *node)
{
	for (size_t i = 0; i < sizeof models_ignored_list / sizeof *models_ignored_list; i++)
		if (tree_is_compatible(node, models_ignored_list[i].name))
			return models_ignored_list[i].reason;
	return NULL;
}
