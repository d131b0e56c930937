// SPDX-License-Identifier: GPL-2.0
/*
 * Configuration by the environment, which describes one interface.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/configuration.h"

#define PREFIX	"LKL_HIJACK_"

/* Of before there were other types. */
#define OLD_TAP	"NET_TAP"

static const char *get(const char *env)
{
	char name[64];
	const char *value;

	snprintf(name, sizeof(name), PREFIX "%s", env);
	value = getenv(name);
	return value && *value ? value : NULL;
}

static int load_keys(struct lkl_config *cfg, const struct lkl_config_key *keys,
		     unsigned int n, void *object, uint32_t *set)
{
	int ret, err = 0;
	unsigned int i;

	for (i = 0; i < n; i++) {
		const char *value = get(keys[i].env);

		if (!value)
			continue;
		ret = lkl_config_set(keys, i, object, set, value);
		if (ret == -LKL_EINVAL)
			lkl_config_say(cfg, PREFIX "%s: expected %s, found \"%s\"\n",
				       keys[i].env, keys[i].kind->expected,
				       value);
		if (!err)
			err = ret;
	}
	return err;
}

static int load_old_tap(struct lkl_config_iface *iface)
{
	const struct lkl_config_key *keys = lkl_config_iface_keys;
	const char *tap = get(OLD_TAP);
	unsigned int i;
	int ret = 0;

	if (!tap || iface->type)
		return 0;
	for (i = 0; !ret && i < lkl_config_nr_iface_keys; i++) {
		if (!strcmp(keys[i].name, "type"))
			ret = lkl_config_set(keys, i, iface, &iface->set,
					     "tap");
		if (!strcmp(keys[i].name, "param"))
			ret = lkl_config_set(keys, i, iface, &iface->set, tap);
	}
	return ret;
}

static int load_iface(struct lkl_config *cfg, struct lkl_config *from)
{
	struct lkl_config_iface *iface = lkl_config_add_iface(from);
	unsigned int key, needed;
	int ret;

	if (!iface)
		return -LKL_ENOMEM;
	ret = load_keys(cfg, lkl_config_iface_keys, lkl_config_nr_iface_keys,
			iface, &iface->set);
	if (!ret)
		ret = load_old_tap(iface);
	if (ret)
		return ret;
	if (!iface->set) {
		free(iface);
		from->interfaces = NULL;
		return 0;
	}
	from->set |= LKL_CONFIG_INTERFACES;
	if (lkl_config_is_complete(iface, &key, &needed))
		return 0;
	lkl_config_say(cfg, PREFIX "%s: needs " PREFIX "%s as well\n",
		       lkl_config_iface_keys[key].env,
		       lkl_config_iface_keys[needed].env);
	return -LKL_EINVAL;
}

int lkl_load_config_env(struct lkl_config *cfg)
{
	struct lkl_config from = { };
	int ret, err;

	err = load_keys(cfg, lkl_config_keys, lkl_config_nr_keys, &from,
			&from.set);
	ret = load_iface(cfg, &from);
	if (!err)
		err = ret;
	if (err)
		lkl_config_free(&from);
	else
		lkl_config_merge(cfg, &from, false);
	return err;
}
