#include "soc/models.h"

#include "soc/device/gpio.h"
#include "soc/device/gpio_poweroff.h"
#include "soc/device/guts.h"
#include "soc/device/i2c.h"
#include "soc/device/mpic.h"
#include "soc/device/pci_host.h"
#include "soc/device/rcpm.h"
#include "soc/device/rtc.h"
#include "soc/device/uart.h"
#include "soc/device/virtio_backends.h"

static const struct device_class *const models_classes[] = {
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
	NULL,
};

static const struct class_list_ignored models_ignored[] = {
	{ "cache", "caches hold nothing that software can see; the timing model knows them" },
	{ "fsl,ecm-law", "address windows are where the tree says" },
	{ "fsl,corenet-law", "address windows are where the tree says" },
	{ NULL, NULL },
};

const struct class_list models_list = { models_classes, models_ignored };

const struct device_class *models_at(unsigned index)
{
	return index < sizeof models_classes / sizeof *models_classes ? models_classes[index] : NULL;
}
