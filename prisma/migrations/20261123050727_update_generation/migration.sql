-- AlterTable
ALTER TABLE "application" ADD COLUMN     "generations_since_update" INTEGER NOT NULL DEFAULT 0;
