// SPDX-License-Identifier: GPL-2.0
/*
 * Configuration by variables of the environment, which describe one interface.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/configuration.h"

/* The prefix of lkl_load_config_env(), which programs know. */
#define PREFIX	"LKL_HIJACK_"

/* The variable from the time when taps were the only type of interface */
#define OLD_TAP	"NET_TAP"

/**
 * struct env - a configuration that is being loaded
 * @cfg:	where messages go
 * @prefix:	of the names of variables
 */
struct env {
	struct lkl_config *cfg;
	const char *prefix;
};

static const char *env_get(const struct env *env, const char *key)
{
	char name[64];
	const char *value;

	snprintf(name, sizeof(name), "%s%s", env->prefix, key);
	value = getenv(name);
	return value && *value ? value : NULL;
}

static int env_load_keys(const struct env *env,
			 const struct lkl_config_key *keys, unsigned int n,
			 void *object, uint32_t *set)
{
	int ret, err = 0;
	unsigned int i;

	for (i = 0; i < n; i++) {
		const char *value = env_get(env, keys[i].env);

		if (!value)
			continue;
		ret = lkl_config_set(keys, i, object, set, value);
		if (ret == -LKL_EINVAL)
			lkl_config_report(env->cfg,
					  "%s%s: expected %s, found \"%s\"\n",
					  env->prefix, keys[i].env,
					  keys[i].kind->expected, value);
		if (!err)
			err = ret;
	}
	return err;
}

static int env_load_old_tap(const struct env *env,
			    struct lkl_config_iface *iface)
{
	const struct lkl_config_key *keys = lkl_config_iface_keys;
	const char *tap = env_get(env, OLD_TAP);
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

static int env_load_iface(const struct env *env, struct lkl_config *from)
{
	struct lkl_config_iface *iface = lkl_config_add_iface(from);
	unsigned int key, needed;
	int ret;

	if (!iface)
		return -LKL_ENOMEM;
	ret = env_load_keys(env, lkl_config_iface_keys,
			    lkl_config_nr_iface_keys, iface, &iface->set);
	if (!ret)
		ret = env_load_old_tap(env, iface);
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
	lkl_config_report(env->cfg, "%s%s: needs %s%s as well\n", env->prefix,
			  lkl_config_iface_keys[key].env, env->prefix,
			  lkl_config_iface_keys[needed].env);
	return -LKL_EINVAL;
}

int lkl_load_config_env(struct lkl_config *cfg)
{
	const struct env env = { .cfg = cfg, .prefix = PREFIX };
	struct lkl_config from = { };
	int ret, err;

	err = env_load_keys(&env, lkl_config_keys, lkl_config_nr_keys, &from,
			    &from.set);
	ret = env_load_iface(&env, &from);
	if (!err)
		err = ret;
	if (err)
		lkl_config_free(&from);
	else
		lkl_config_merge(cfg, &from, false);
	return err;
}
