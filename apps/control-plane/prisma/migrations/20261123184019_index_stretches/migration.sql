-- What was indexed row by row is let go: no release ever did that.

-- DropForeignKey
ALTER TABLE "index_entry" DROP CONSTRAINT "index_entry_session_id_fkey";

-- AlterTable
ALTER TABLE "session" ADD COLUMN     "indexed_through" BIGINT NOT NULL DEFAULT 0;

-- DropTable
DROP TABLE "index_entry";

-- CreateTable
CREATE TABLE "index_stretch" (
    "session_id" TEXT NOT NULL,
    "first_sequence" BIGINT NOT NULL,
    "last_sequence" BIGINT NOT NULL,
    "text" TEXT NOT NULL,
    "entries" BYTEA NOT NULL,

    CONSTRAINT "index_stretch_pkey" PRIMARY KEY ("session_id","first_sequence")
);

-- AddForeignKey
ALTER TABLE "index_stretch" ADD CONSTRAINT "index_stretch_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "session"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What it holds is compressed already.
ALTER TABLE "index_stretch" ALTER COLUMN "entries" SET STORAGE EXTERNAL;
