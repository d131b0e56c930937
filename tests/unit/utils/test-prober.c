// SPDX-License-Identifier: GPL-2.0
/*
 * The portable prober: images that the real tools make, and what libblkid says about
 * the same images.  Both must give the same type, label and UUID, and the same
 * partitions.
 */
#define _GNU_SOURCE
#include <blkid/blkid.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "image/members/super-block.h"
#include "image/prober/base/checksum.h"
#include "image/prober/tables/prober-table.h"
#include "image/prober/volumes/volume.h"
#include "shared/macros.h"
#include "support/check-main.h"

#define SECTOR		512
#define NOT_INSTALLED	77

/* Each command runs in an empty directory and makes the file "image". */
static const struct {
	const char *tool;
	const char *command;
} volumes[] = {
	{ "mke2fs", "mke2fs -q -t ext2 -L old image 16M" },
	{ "mke2fs", "mke2fs -q -t ext3 -L 'sixteen letters!' image 16M" },
	{ "mke2fs", "mke2fs -q -t ext4 -L 'a label ' image 16M" },
	{ "mke2fs", "mke2fs -q -t ext4 -O ^has_journal image 16M" },
	{ "mke2fs", "mke2fs -q -t ext4 "
	  "-O ^has_journal,^extent,^64bit,^flex_bg,^metadata_csum,^huge_file,"
	  "^extra_isize,^dir_nlink -L plain image 16M" },
	{ "mke2fs", "mke2fs -q -O journal_dev image 16M" },
	{ "mkfs.xfs", "truncate -s 320M image; mkfs.xfs -q -L twelve-chars image" },
	{ "mkfs.xfs", "truncate -s 320M image; mkfs.xfs -q -m crc=0 -s size=4096 image" },
	{ "mkfs.xfs", "truncate -s 320M data; truncate -s 100M image; "
	  "mkfs.xfs -q -l logdev=image data" },
	{ "mkfs.btrfs", "truncate -s 128M image; mkfs.btrfs -q -L 'label of btrfs' image" },
	{ "mkfs.f2fs", "truncate -s 128M image; "
	  "mkfs.f2fs -q -l '\303\244\342\202\254\360\237\230\200 f2fs' image" },
	{ "mkfs.vfat", "truncate -s 1440K image; mkfs.vfat -n FLOPPY image" },
	{ "mkfs.vfat", "truncate -s 4M image; mkfs.vfat -F 12 -n TWELVE image" },
	{ "mkfs.vfat", "truncate -s 64M image; mkfs.vfat -F 16 image" },
	{ "mkfs.vfat", "truncate -s 64M image; mkfs.vfat -F 16 -n 'WITH SPACE' image" },
	{ "mkfs.vfat", "truncate -s 64M image; mkfs.vfat -F 32 -n THIRTYTWO image" },
	{ "mkfs.vfat", "truncate -s 512M image; mkfs.vfat -F 32 -S 4096 image" },
	{ "mkfs.exfat", "truncate -s 64M image; mkfs.exfat -L '\303\244 exfat' image" },
	{ "mkfs.exfat", "truncate -s 64M image; mkfs.exfat image" },
	{ "mkntfs", "truncate -s 64M image; mkntfs -q -F -L '\303\244 ntfs' image" },
	{ "mkntfs", "truncate -s 64M image; mkntfs -q -F -c 65536 image" },
	{ "mksquashfs", "mkdir d; mksquashfs d image -quiet -no-progress" },
	{ "mkfs.erofs", "mkdir d; mkfs.erofs image d" },
	{ "genisoimage", "mkdir d; genisoimage -quiet -V ISO_LABEL -o image d" },
	{ "genisoimage", "mkdir d; genisoimage -quiet -J -R -V 'Mixed Case' -o image d" },
	{ "genisoimage", "mkdir d; "
	  "genisoimage -quiet -J -V 'A label with more than 16 letter' -o image d" },
	{ "genisoimage", "mkdir d; genisoimage -quiet -udf -V BOTH -o image d" },
	{ "mkudffs", "truncate -s 16M image; mkudffs -l 'a udf' -b 2048 image" },
	{ "mkudffs", "truncate -s 16M image; mkudffs -l '\342\202\254uro' -b 512 --media-type=hd image" },
	{ "mkudffs", "truncate -s 16M image; mkudffs -b 4096 --vsid=xyz-not-hexadecimal image" },
	{ "mkudffs", "truncate -s 16M image; mkudffs --vsid=0123456789zzzzzzz image" },
	{ "python3", "truncate -s 8M image; \"$LKL_SOURCE/tests/support/make-hfsplus.py\" image" },
	{ "python3", "truncate -s 8M image; \"$LKL_SOURCE/tests/support/make-hfsplus.py\" image; "
	  "put 1128 identity" },
	{ "mkfs.minix", "truncate -s 4M image; mkfs.minix image" },
	{ "mkfs.minix", "truncate -s 4M image; mkfs.minix -3 image" },
	{ "mkswap", "truncate -s 4M image; mkswap image" },
	{ "mkswap", "truncate -s 4M image; mkswap -p 65536 image" },
	{ "cryptsetup", "truncate -s 32M image; echo p | "
	  "cryptsetup -q luksFormat --pbkdf pbkdf2 --pbkdf-force-iterations 1000 image" },
	{ "truncate", "truncate -s 64M image; "
	  "for i in 0 1 2 3 4 5; do put $((131072 + 1024 * i)) '\\014\\261\\272\\0'; done" },
	{ "truncate", "truncate -s 8M image; put 4104 '\\10'; put 4120 "
	  "'\\306\\205\\163\\366\\116\\032\\105\\312\\202\\145\\365\\177\\110\\272\\155\\201'" },
	{ "truncate", "truncate -s 8M image; put 3 -FVE-FS-; put 0 '\\353\\130\\220'" },
	/* Nothing, and more than one */
	{ "truncate", "truncate -s 4M image" },
	{ "truncate", "truncate -s 512 image" },
	{ "truncate", ": >image" },
	{ "mkfs.btrfs", "mke2fs -q -t ext4 e 128M; truncate -s 128M image; mkfs.btrfs -q image; "
	  "dd if=e of=image bs=1024 skip=1 seek=1 count=1 conv=notrunc" },
};

static const struct {
	unsigned int sector;
	int flags;
	const char *command;
} tables[] = {
	{ 512, 0, "gpt 'start=2048,size=8192,name=\"a name\"\\nsize=4096\\nsize=1\\n'" },
	{ 512, 0, "gpt 'table-length: 300\\n300:"
	  "start=8192,size=1,name=\"\303\244\342\202\254\360\237\230\200\"\\n'" },
	{ 512, 0, "gpt ''" },
	{ 4096, 0, "large 'g\\nn\\n\\n512\\n+10M\\nn\\n\\n\\n\\nw\\n'" },
	{ 512, 0, "large 'g\\nn\\n\\n512\\n+10M\\nw\\n'" },
	/* Damage in the first copy, in both, and in the protective MBR */
	{ 512, 0, "gpt 'size=8192\\n'; clear 1 33" },
	{ 512, 0, "gpt 'size=8192\\n'; put 1060 x" },
	{ 512, 0, "gpt 'size=8192\\n'; put 600 x; truncate -s 63M image" },
	{ 512, 0, "gpt 'size=8192\\n'; clear 0 1" },
	{ 512, PROBER_UNPROTECTED, "gpt 'size=8192\\n'; clear 0 1" },
	{ 512, 0, "gpt 'size=8192\\n'; truncate -s 20M image" },
	{ 512, 0, "dos 'label-id: 0x12345678\\nsize=8192\\nsize=1\\n'" },
	{ 512, 0, "dos '4:start=2048,size=8192\\n'" },
	{ 512, 0, "dos 'size=8192\\nsize=40000,type=5\\nsize=2000\\nsize=3000\\nsize=100\\n'" },
	{ 512, 0, "dos '2:start=2048,size=100000,type=f\\n5:size=2000\\n6:size=1000\\n'" },
	{ 4096, 0, "large 'o\\nn\\np\\n\\n512\\n+10M\\nn\\ne\\n\\n\\n\\n"
	  "n\\nl\\n\\n+8M\\nn\\nl\\n\\n\\nw\\n'" },
	{ 512, 0, "dos 'size=90000,type=85\\n'" },
	{ 512, 0, "dos 'size=8192\\n'; truncate -s 1M image" },
	/* A chain that ends nowhere, and one that leads back to its beginning */
	{ 512, 0, "dos 'size=40000,type=5\\nstart=4096,size=2000\\nstart=8192,size=2000\\n'; "
	  "put 1049046 '\\377\\377\\377\\177'" },
	{ 512, 0, "dos 'size=40000,type=5\\nstart=4096,size=2000\\nstart=8192,size=2000\\n'; "
	  "put 1049046 '\\0\\0\\0\\0'" },
	/* No table: nothing, code, and a file system */
	{ 512, 0, "truncate -s 64M image" },
	{ 512, 0, "dos 'size=8192\\n'; put 446 '\\1'" },
	{ 512, 0, "truncate -s 64M image; mkfs.vfat image" },
	{ 512, 0, "truncate -s 64M image; mkfs.exfat image" },
	{ 512, 0, "truncate -s 64M image; mkntfs -q -F image" },
	{ 512, 0, "truncate -s 64M image; mke2fs -q -t ext4 image; dos 'size=8192\\n'" },
};

static char directory[] = "/tmp/test-prober-XXXXXX";

static bool prober_pread(void *context, uint64_t offset, void *buf,
			 uint32_t len)
{
	return pread(*(int *)context, buf, len, offset) == (ssize_t)len;
}

/*
 * Functions of the commands: make a table of sfdisk(8), or one of fdisk(8) for large
 * sectors; overwrite sectors or bytes.
 */
static const char functions[] =
	"export PATH=$PATH:/sbin:/usr/sbin LC_ALL=C.UTF-8\n"
	"table() { truncate -s 64M image; printf \"label: $1\\n$2\" |"
	" sfdisk -q --wipe never image; }\n"
	"gpt() { table gpt \"$1\"; }\n"
	"dos() { table dos \"$1\"; }\n"
	"large() { truncate -s 64M image; printf \"$1\" | fdisk -b 4096 image; }\n"
	"clear() { dd if=/dev/zero of=image seek=$1 count=$2 conv=notrunc; }\n"
	"put() { printf \"$2\" | dd of=image bs=1 seek=$1 conv=notrunc; }\n";

/* Return 0, or the status of a shell command in the directory of the test. */
static int run(const char *command)
{
	char *line;
	int status;

	if (asprintf(&line, "%s cd %s && { %s\n} >log 2>&1", functions, directory,
		     command) < 0)
		return -1;
	status = system(line);
	free(line);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Make an image and open it; return -1 if the tool is not installed. */
static int image_make(const char *tool, const char *command)
{
	char path[sizeof(directory) + 16];
	int fd;

	if (tool) {
		snprintf(path, sizeof(path), "command -v %s", tool);
		if (run(path)) {
			fprintf(stderr, "skipped a part: %s is not installed\n",
				tool);
			return -1;
		}
	}
	run("rm -rf ./*");
	ck_assert_msg(!run(command), "%s", command);
	snprintf(path, sizeof(path), "%s/image", directory);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_msg(fd >= 0, "%s", command);
	return fd;
}

/* Return the value of the probe, or an empty text. */
static const char *value_of(blkid_probe pr, const char *name)
{
	const char *value;

	return blkid_probe_lookup_value(pr, name, &value, NULL) ? "" : value;
}

static blkid_probe blkid_open(int fd)
{
	blkid_probe pr = blkid_new_probe();

	ck_assert_ptr_nonnull(pr);
	ck_assert_int_eq(blkid_probe_set_device(pr, fd, 0, 0), 0);
	return pr;
}

static void compare_volume(blkid_probe pr, const struct volume *v,
			   const char *command)
{
	const char *usage = value_of(pr, "USAGE");

	ck_assert_msg(!strcmp(v->type, value_of(pr, "TYPE")),
		      "%s: type %s", command, v->type);
	ck_assert_msg((v->usage == VOLUME_FILE_SYSTEM) ==
		      !strcmp(usage, "filesystem"), "%s: usage", command);
	ck_assert_msg((v->usage == VOLUME_RAID) == !strcmp(usage, "raid"),
		      "%s: usage", command);
	ck_assert_msg(!strcmp(v->journal_uuid, value_of(pr, "EXT_JOURNAL")),
		      "%s: journal %s", command, v->journal_uuid);
	ck_assert_msg(!strcmp(v->log_uuid, value_of(pr, "LOGUUID")),
		      "%s: log %s", command, v->log_uuid);
	/* Labels and UUIDs select file systems only. */
	if (v->usage != VOLUME_FILE_SYSTEM)
		return;
	ck_assert_msg(!strcmp(v->label, value_of(pr, "LABEL")),
		      "%s: label '%s', not '%s'", command, v->label,
		      value_of(pr, "LABEL"));
	ck_assert_msg(!strcmp(v->uuid, value_of(pr, "UUID")),
		      "%s: UUID %s, not %s", command, v->uuid,
		      value_of(pr, "UUID"));
}

START_TEST(volume_is_the_one_of_libblkid)
{
	const char *command = volumes[_i].command;
	int fd = image_make(volumes[_i].tool, command), expected;
	struct prober_source s = { prober_pread, &fd, 0 };
	enum volume_answer answer;
	struct volume v;
	blkid_probe pr;

	if (fd < 0)
		return;
	s.size = lseek(fd, 0, SEEK_END);
	pr = s.size ? blkid_open(fd) : blkid_new_probe();
	blkid_probe_enable_superblocks(pr, 1);
	blkid_probe_set_superblocks_flags(pr, BLKID_SUBLKS_TYPE |
					  BLKID_SUBLKS_USAGE |
					  BLKID_SUBLKS_LABEL |
					  BLKID_SUBLKS_UUID);
	expected = s.size ? blkid_do_safeprobe(pr) : 1;
	answer = prober_volume_find(&s, &v);
	ck_assert_msg(answer == (expected == 0 ? VOLUME_FOUND : expected == 1 ?
				 VOLUME_NONE : VOLUME_UNCLEAR),
		      "%s: answer %d, not %d", command, answer, expected);
	if (!expected)
		compare_volume(pr, &v, command);
	blkid_free_probe(pr);
	close(fd);
}
END_TEST

static void compare_partition(blkid_partition b,
			      const struct prober_partition *p,
			      const char *command)
{
	const char *name = blkid_partition_get_name(b);
	const char *uuid = blkid_partition_get_uuid(b);

	ck_assert_msg((int)p->number == blkid_partition_get_partno(b),
		      "%s: number %u", command, p->number);
	ck_assert_msg(p->start == (uint64_t)blkid_partition_get_start(b) * SECTOR,
		      "%s: start %ju", command, (uintmax_t)p->start);
	ck_assert_msg(p->size == (uint64_t)blkid_partition_get_size(b) * SECTOR,
		      "%s: size %ju", command, (uintmax_t)p->size);
	ck_assert_msg(p->is_extended == !!blkid_partition_is_extended(b),
		      "%s: extended", command);
	ck_assert_msg(!strcmp(p->name, name ? name : ""), "%s: name '%s'",
		      command, p->name);
	ck_assert_msg(!strcmp(p->uuid, uuid ? uuid : ""), "%s: UUID %s",
		      command, p->uuid);
}

static void compare_table(blkid_partlist list, const struct prober_table *t,
			  const char *command)
{
	int i, n = list ? blkid_partlist_numof_partitions(list) : 0;

	ck_assert_msg((int)t->count == n, "%s: %zu partitions, not %d", command,
		      t->count, n);
	/* libblkid has a list for what may be an empty table, too. */
	if (n)
		ck_assert_str_eq(t->kind == PROBER_DOS ? "dos" : "gpt",
				 blkid_parttable_get_type(blkid_partlist_get_table(list)));
	for (i = 0; i < n; i++)
		compare_partition(blkid_partlist_get_partition(list, i),
				  &t->list[i], command);
}

START_TEST(table_is_the_one_of_libblkid)
{
	const char *command = tables[_i].command;
	int fd = image_make(NULL, command);
	struct prober_source s = { prober_pread, &fd, lseek(fd, 0, SEEK_END) };
	blkid_probe pr = blkid_open(fd);
	struct prober_table t;

	blkid_probe_set_sectorsize(pr, tables[_i].sector);
	blkid_probe_enable_partitions(pr, 1);
	if (tables[_i].flags & PROBER_UNPROTECTED)
		blkid_probe_set_partitions_flags(pr, BLKID_PARTS_FORCE_GPT);
	prober_table_read(&s, tables[_i].sector, tables[_i].flags, &t);
	compare_table(blkid_probe_get_partitions(pr), &t, command);
	prober_table_free(&t);
	blkid_free_probe(pr);
	close(fd);
}
END_TEST

#define GPT_SIZE	(34 * SECTOR)
#define LIST_SIZE	(32 * SECTOR)

static bool prober_copy(void *context, uint64_t offset, void *buf, uint32_t len)
{
	if (offset + len > GPT_SIZE)
		return false;
	memcpy(buf, (uint8_t *)context + offset, len);
	return true;
}

/* The specification allows longer entries; libblkid and the kernel do not. */
START_TEST(entries_may_be_longer)
{
	static uint8_t gpt[GPT_SIZE], list[LIST_SIZE];
	uint8_t *header = gpt + SECTOR, *entries = gpt + 2 * SECTOR;
	int fd = image_make(NULL, "gpt 'size=8192\\nsize=100\\n'"), i;
	struct prober_source s = { prober_copy, gpt, 64 << 20 };
	struct prober_table t;

	ck_assert_int_eq(pread(fd, gpt, sizeof(gpt), 0), sizeof(gpt));
	for (i = 0; i < 2; i++)
		memcpy(list + 256 * i, entries + 128 * i, 128);
	memcpy(entries, list, sizeof(list));
	super_put_le32(header + 80, LIST_SIZE / 256);
	super_put_le32(header + 84, 256);
	super_put_le32(header + 88, ~prober_crc32(~0u, list, sizeof(list)));
	super_put_le32(header + 16, 0);
	super_put_le32(header + 16, ~prober_crc32(~0u, header, 92));
	ck_assert(prober_table_read(&s, SECTOR, 0, &t));
	ck_assert_int_eq(t.count, 2);
	ck_assert_int_eq(t.list[0].size, 8192 * SECTOR);
	ck_assert_int_eq(t.list[1].size, 100 * SECTOR);
	prober_table_free(&t);
	close(fd);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("prober");
	int ret;

	if (!mkdtemp(directory)) {
		perror(directory);
		return EXIT_FAILURE;
	}
	if (run("for t in sfdisk fdisk mke2fs mkfs.vfat mkfs.exfat mkntfs; do\n"
		"command -v $t || exit; done")) {
		puts("1..0 # SKIP the tools that make images are not installed");
		return NOT_INSTALLED;
	}
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, volume_is_the_one_of_libblkid, 0,
			    ARRAY_SIZE(volumes));
	tcase_add_loop_test(tc, table_is_the_one_of_libblkid, 0,
			    ARRAY_SIZE(tables));
	tcase_add_test(tc, entries_may_be_longer);
	ret = run_case(tc, CK_FORK);
	run("rm -rf ./*");
	rmdir(directory);
	return ret;
}
